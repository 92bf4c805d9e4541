// Asking, and what can be done with a question or an answer. The chat shows what Gradio renders; its
// buttons are found by their classes, and by the order of the messages.

const asked = { next: null, editing: null, cancelled: false, ticket: null };
const HINT = "Only your documents are used.";

const hint = (text, nudge = false) => {
  const line = $("#cw-hint-text");
  line.textContent = text;
  line.classList.toggle("cw-nudge", nudge);
};

const edit = (number) => {
  asked.editing = number;
  hint(
    number === null || number > exchanges().length
      ? HINT
      : "Asking again replaces this question and what came after it. Escape lets it be.",
  );
};

// What is sent: the question and the conversation before it.
page.asking = (typed) => {
  const question = asked.next ?? typed;
  const before = asked.editing === null ? null : exchanges().slice(0, asked.editing - 1);
  if (before) current.record = before.length ? JSON.stringify(before) : "";
  asked.next = null;
  edit(null);
  page.writing = question;
  asked.ticket = newId();
  return [question, current.record, asked.ticket, $("#cw-author")?.value ?? ""];
};

const ask = (question) => {
  asked.next = question;
  view("ask");
  $("#cw-ask").click();
};

page.cancel = () => {
  edit(null);
  if (!$(".cw-writing")) return;
  asked.cancelled = true;
  asked.ticket = null;
  $("#cw-cancel").click();
};

// A question typed while the answer before it is still being put away waits for that.
const askWhenFree = () => {
  if ($(".cw-writing")) setTimeout(askWhenFree, 50);
  else $("#cw-box .submit-button").click();
};

const stop = () => {
  const question = page.writing;
  page.cancel();
  $("#cw-show").click();
  if (question) fill(question);
};

// The number of the exchange that an element of the chat belongs to, from 1.
const numberOf = (element) => {
  const rows = $$("#cw-chat .message-row");
  const at = rows.indexOf(element.closest(".message-row"));
  return rows.slice(0, at + 1).filter((row) => row.classList.contains("user-row")).length;
};

const citations = (exchange) => {
  const line = ({ marker, title, document_id, page: number, start, end, quote }) => {
    const where = [title, document_id, number === null ? null : `page ${number}`, `characters ${start}–${end}`];
    const parts = [...new Set(where.filter((part) => part !== null && part !== ""))];
    return `[${marker}] ${parts.join(", ")}: “${quote.replace(/\s+/g, " ")}”`;
  };
  return [exchange.text, ...exchange.citations.map(line)].join("\n\n");
};

const judge = (number, verdict) => {
  const dialog = $("#cw-note");
  $("#cw-note-title").textContent = verdict === "right" ? "This answer is right" : "This answer is wrong";
  $("#cw-note-text").value = "";
  dialog.returnValue = "";
  dialog.showModal();
  const sent = async () => {
    if (dialog.returnValue !== "yes") return;
    const note = $("#cw-note-text").value;
    const done = await call("feedback", { record: current.record, number, verdict, note });
    if (done) toast("Thank you. It is kept with the index, for you to review.");
  };
  dialog.addEventListener("close", sent, { once: true });
};

const deeds = {
  again: (number) => {
    const question = exchanges()[number - 1]?.question ?? page.writing;
    edit(number);
    ask(question);
  },
  edit: (number) => {
    fill(exchanges()[number - 1]?.question ?? page.writing ?? "");
    edit(number);
  },
  copy: async (number) => {
    try {
      await navigator.clipboard.writeText(citations(exchanges()[number - 1]));
      toast("Copied, with its citations.");
    } catch {
      toast("This browser does not let the page copy: select the text instead.");
    }
  },
  right: (number) => judge(number, "right"),
  wrong: (number) => judge(number, "wrong"),
};

page.parts.push(() => {
  const textarea = "#cw-box textarea";
  // Caught on the way down: a chat message answers to clicks and Enter itself.
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest(".cw-act");
      if (button) {
        event.stopPropagation();
        const name = [...button.classList].find((name) => name.startsWith("cw-act-"));
        deeds[name.slice("cw-act-".length)](numberOf(button));
      }
      const example = event.target.closest(".cw-example");
      if (example) ask(example.textContent);
      if (event.target.closest(".cw-goto")) view("documents");
      if (event.target.closest("#cw-box .submit-button") && !$(textarea).value.trim()) {
        event.stopPropagation();
        hint("Type a question first.", true);
      }
    },
    true,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      if (!event.target.matches(textarea)) return;
      if (event.key === "Escape" && asked.editing !== null) {
        fill("");
        edit(null);
      }
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        const empty = !event.target.value.trim();
        const busy = $(".cw-writing") !== null;
        if (!empty && !busy) return;
        event.preventDefault();
        event.stopPropagation();
        if (empty) hint("Type a question first.", true);
        else if (asked.cancelled) askWhenFree();
        else hint("One question at a time: stop this answer, or wait for it.", true);
      }
    },
    true,
  );
  $("#cw-stop").addEventListener("click", stop);
  const author = $("#cw-author");
  if (author) {
    const chosen = storage.get("localStorage", "citewise/author");
    if ([...author.options].some((option) => option.value === chosen)) author.value = chosen;
    author.addEventListener("change", () => storage.set("localStorage", "citewise/author", author.value));
  }
  const tidy = () => {
    // A message is named by its source text, which is markup here; what it shows says it better.
    for (const named of $$("#cw-chat [data-testid][aria-label]")) named.removeAttribute("aria-label");
    const talking = $("#cw-chat .cw-question") !== null;
    $("#cw-talk").classList.toggle("cw-begun", talking);
    const busy = $(".cw-writing") !== null;
    if (!busy) asked.cancelled = false;
    $("#cw-page").classList.toggle("cw-busy", busy);
  };
  new MutationObserver(tidy).observe($("#cw-chat"), {
    subtree: true,
    childList: true,
    attributeFilter: ["aria-label"],
  });
  tidy();
});
