// The documents: what is there, what is added, what is looked for.

let paths = [];
page.found = [];

page.listDocuments = async () => {
  if ($("#cw-page").dataset.view !== "documents") return;
  const answer = await call("documents", { filter: $("#cw-filter").value });
  if (!answer) return;
  paths = answer.paths;
  $("#cw-add").hidden = !answer.editable;
  if (page.listDocuments.html !== answer.html) $("#cw-table").innerHTML = answer.html;
  page.listDocuments.html = answer.html;
};

const find = async () => {
  const query = $("#cw-query").value.trim();
  if (!query) {
    $("#cw-found").replaceChildren();
    return;
  }
  const answer = await call("find", { query });
  if (!answer) return;
  page.found = answer.places;
  $("#cw-found").innerHTML = answer.html;
};

const remove = async (path) => {
  const sure = await confirmed(
    `Remove “${path}” from the folder? It is set aside with the index, not deleted.`,
    "Remove",
  );
  if (!sure) return;
  if (await call("remove", { path })) toast(`Removed ${path}.`);
  page.listDocuments();
};

// Files and folders that were dropped, as [{name, file}] with the folders in their names.
const dropped = async (items) => {
  const files = [];
  const walk = async (entry, before) => {
    const name = before + entry.name;
    if (entry.isFile) {
      files.push({ name, file: await new Promise((done, fail) => entry.file(done, fail)) });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (!some.length) return;
      for (const item of some) await walk(item, `${name}/`);
    }
  };
  // All at once: what was dropped can be looked at only before anything is waited for.
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  for (const entry of entries.filter(Boolean))
    if (entry instanceof File) files.push({ name: entry.name, file: entry });
    else await walk(entry, "");
  return files;
};

// One file to the server, which gives the path it lies at; `tell` hears how many bytes have gone.
const send = (file, tell) =>
  new Promise((done, fail) => {
    const { root = "", api_prefix: prefix = "/gradio_api" } = window.gradio_config;
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("files", file);
    request.upload.addEventListener("progress", (event) => tell(event.loaded));
    request.addEventListener("load", () => {
      if (request.status === 200) done(JSON.parse(request.responseText)[0]);
      else fail(new Error(request.status === 413 ? "it is too large" : `status ${request.status}`));
    });
    request.addEventListener("error", () => fail(new Error("the connection broke off")));
    request.open("POST", `${root}${prefix}/upload`);
    request.send(body);
  });

const add = async (files) => {
  if (!files.length || add.busy) return;
  add.busy = true;
  const bar = $("#cw-upload-bar");
  const text = $("#cw-upload-text");
  const total = files.reduce((sum, { file }) => sum + file.size, 0) || 1;
  const sent = [];
  const refused = [];
  let done = 0;
  $("#cw-upload").hidden = false;
  $("#cw-placed").replaceChildren();
  for (const [position, { name, file }] of files.entries()) {
    text.textContent = `Sending ${position + 1} of ${files.length}: ${name}`;
    try {
      sent.push({ name, path: await send(file, (bytes) => (bar.value = (done + bytes) / total)) });
    } catch (error) {
      refused.push(`${name}: ${error.message}`);
    }
    done += file.size;
    bar.value = done / total;
  }
  text.textContent = "Reading what was added …";
  bar.removeAttribute("value");
  const answer = sent.length ? await call("place", { files: sent }) : null;
  if (answer) $("#cw-placed").innerHTML = answer.html;
  if (refused.length) toast(`Not sent: ${refused.join("; ")}.`);
  $("#cw-upload").hidden = true;
  bar.value = 0;
  add.busy = false;
  page.listDocuments();
};

page.parts.push(() => {
  const chosen = (input) =>
    input.addEventListener("change", () => {
      add([...input.files].map((file) => ({ name: file.webkitRelativePath || file.name, file })));
      input.value = "";
    });
  chosen($("#cw-files"));
  chosen($("#cw-folders"));
  const drop = $("#cw-drop");
  const over = (event) => {
    event.preventDefault();
    drop.classList.toggle("cw-over", event.type === "dragover");
  };
  for (const name of ["dragover", "dragleave", "drop"]) drop.addEventListener(name, over);
  drop.addEventListener("drop", async (event) => add(await dropped(event.dataTransfer.items)));
  $("#cw-find").addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
  $("#cw-filter").addEventListener("input", () => {
    clearTimeout(find.timer);
    find.timer = setTimeout(page.listDocuments, 200);
  });
  $("#cw-sync").addEventListener("click", async () => {
    const done = await call("sync", {});
    if (done) toast(done.failed ? `Read again; ${done.failed} could not be read.` : "The folder is read.");
    page.listDocuments();
  });
  $("#cw-table").addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    const path = row && paths[Number(row.dataset.position)];
    if (!path) return;
    if (event.target.closest(".cw-remove")) remove(path);
    if (event.target.closest(".cw-read")) {
      viewing.from = event.target.closest(".cw-read");
      openDocument({ document: path, start: 0, end: 0 });
    }
  });
});
