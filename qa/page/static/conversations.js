// Conversations live in this browser: each under a key of its own, so that two tabs never write over
// each other's. Which one a tab shows is the tab's own affair, and survives a reload.

const KEY = "citewise/conversation/";
const current = { id: null, title: "", record: "" };
// Where the browser keeps nothing, a conversation lasts as long as the tab.
const kept = new Map();

const newId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

const read = (id) => {
  try {
    return JSON.parse(storage.get("localStorage", KEY + id) ?? kept.get(id) ?? "null");
  } catch {
    return null;
  }
};

const write = (id, entry) => {
  const text = JSON.stringify(entry);
  if (storage.set("localStorage", KEY + id, text)) return;
  kept.set(id, text);
  if (!write.told) toast("This browser keeps no more conversations: delete some, or export this one.");
  write.told = true;
};

const all = () => {
  const ids = new Set(kept.keys());
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(KEY)) ids.add(key.slice(KEY.length));
  } catch {
    // No storage at all.
  }
  return [...ids]
    .map((id) => ({ id, ...read(id) }))
    .filter((entry) => typeof entry.title === "string" && typeof entry.record === "string")
    .sort((one, other) => (other.changed ?? 0) - (one.changed ?? 0));
};

const exchanges = () => {
  try {
    return JSON.parse(current.record || "[]");
  } catch {
    return [];
  }
};

const listed = () => {
  const list = $("#cw-list");
  list.replaceChildren(
    ...all().map((entry) => {
      const item = make("li");
      const open = make("button", "cw-talk-open", entry.title || "Untitled");
      open.type = "button";
      open.dir = "auto";
      if (entry.id === current.id) {
        item.className = "cw-now";
        open.setAttribute("aria-current", "true");
      }
      open.addEventListener("click", () => show(entry.id));
      item.append(open);
      for (const [name, label, act] of [
        ["rename", "Rename", () => rename(item, entry)],
        ["export", "Export", () => exported(entry)],
        ["delete", "Delete", () => forget(entry)],
      ]) {
        const button = make("button", `cw-icon cw-icon-${name}`);
        button.type = "button";
        button.title = label;
        button.append(make("span", "cw-unseen", `${label} ${entry.title}`));
        button.addEventListener("click", act);
        item.append(button);
      }
      return item;
    }),
  );
};

const show = (id) => {
  const entry = id === null ? null : read(id);
  Object.assign(current, { id: entry ? id : null, title: entry?.title ?? "", record: entry?.record ?? "" });
  storage.set("sessionStorage", "citewise/current", current.id);
  page.cancel();
  $("#cw-show").click();
  listed();
  side(false);
  view("ask");
};

const rename = (item, entry) => {
  const field = make("input", "cw-rename");
  field.value = entry.title;
  field.maxLength = 120;
  field.setAttribute("aria-label", "Title of the conversation");
  let open = true;
  const done = (take) => {
    if (!open) return;
    open = false;
    const title = field.value.trim();
    if (take && title) {
      write(entry.id, { ...read(entry.id), title });
      if (entry.id === current.id) current.title = title;
    }
    listed();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") done(true);
    if (event.key === "Escape") done(false);
  });
  field.addEventListener("blur", () => done(true));
  item.replaceChildren(field);
  field.select();
};

const exported = async (entry) => {
  const answer = await call("export", { record: entry.record });
  if (!answer) return;
  const name = entry.title.replace(/[^\p{L}\p{N} -]/gu, "").trim().slice(0, 60);
  download(`${name || "conversation"}.md`, answer.text);
};

const forget = async (entry) => {
  if (!(await confirmed(`Delete the conversation “${entry.title}”?`, "Delete"))) return;
  storage.set("localStorage", KEY + entry.id, null);
  kept.delete(entry.id);
  if (entry.id === current.id) show(null);
  else listed();
};

// Gradio's events ask for the record, and give it back after an answer.
page.record = () => current.record;
page.keep = (sent) => {
  const end = sent.indexOf("\n");
  // What comes of a question that was given up belongs nowhere any more.
  if (end < 0 || sent.slice(0, end) !== asked.ticket) return;
  const record = sent.slice(end + 1);
  current.id ??= newId();
  current.title ||= JSON.parse(record)[0].question.trim().replace(/\s+/g, " ").slice(0, 80);
  current.record = record;
  write(current.id, { title: current.title, record, changed: Date.now() });
  storage.set("sessionStorage", "citewise/current", current.id);
  listed();
};

page.parts.push(() => {
  $("#cw-new").addEventListener("click", () => {
    show(null);
    $("#cw-box textarea").focus();
  });
  addEventListener("storage", (event) => event.key?.startsWith(KEY) && listed());
  const id = storage.get("sessionStorage", "citewise/current");
  if (id && read(id)) show(id);
  else listed();
});
