// What every part of the page needs. The files of this folder share one scope; `server` is Gradio's,
// and holds the actions of qa/page/actions.py.

const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => [...document.querySelectorAll(selector)];
const page = (window.citewise = {});

const make = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const toast = (text) => {
  const line = $("#cw-toast");
  line.textContent = text;
  line.classList.add("cw-shown");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => line.classList.remove("cw-shown"), 6000);
};

// An action's answer, or null after having said what is wrong.
const call = async (name, asked, quietly = false) => {
  let answer;
  try {
    answer = await server[name](asked);
  } catch {
    answer = { error: "The server does not answer. Is it still running?" };
  }
  if (!answer?.error) return answer;
  if (!quietly) toast(answer.error);
  return null;
};

// What can be tidied up or looked up in the storage of a browser that may forbid it.
const storage = {
  get: (kind, key) => {
    try {
      return window[kind].getItem(key);
    } catch {
      return null;
    }
  },
  set: (kind, key, value) => {
    try {
      if (value === null) window[kind].removeItem(key);
      else window[kind].setItem(key, value);
      return true;
    } catch {
      return false;
    }
  },
};

const confirmed = (text, action) => {
  const dialog = $("#cw-confirm");
  $("#cw-confirm-text").textContent = text;
  $("#cw-confirm-yes").textContent = action;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) =>
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }),
  );
};

const download = (name, text) => {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};

// The box is Svelte's: it hears of a new text by the event.
const fill = (text) => {
  const box = $("#cw-box textarea");
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
};

const view = (name) => {
  $("#cw-page").dataset.view = name;
  for (const button of $$(".cw-views button"))
    if (button.dataset.view === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  if (name === "documents") page.listDocuments();
};

const theme = (dark) => document.body.classList.toggle("dark", dark);

const side = (open) => {
  $("#cw-page").classList.toggle("cw-side-open", open);
  $("#cw-side-toggle").setAttribute("aria-expanded", open);
};

// How the folder stands is looked up while the page is seen, more often while something happens.
const look = async () => {
  const state = document.hidden ? null : await call("state", {}, true);
  if (state) {
    for (const [selector, html] of [["#cw-folder", state.folder], ["#cw-hello", state.welcome]])
      if (look[selector] !== html) {
        $(selector).innerHTML = html;
        look[selector] = html;
      }
    if (look.changes !== undefined && look.changes !== state.changes) page.listDocuments();
    look.changes = state.changes;
  }
  setTimeout(look, state && !state.settled ? 400 : 2000);
};

const begin = () => {
  const chosen = storage.get("localStorage", "citewise/theme");
  if (chosen) theme(chosen === "dark");
  $("#cw-theme").addEventListener("click", () => {
    const dark = !document.body.classList.contains("dark");
    theme(dark);
    storage.set("localStorage", "citewise/theme", dark ? "dark" : "light");
  });
  for (const button of $$(".cw-views button"))
    button.addEventListener("click", () => view(button.dataset.view));
  $("#cw-side-toggle").addEventListener("click", () =>
    side(!$("#cw-page").classList.contains("cw-side-open")),
  );
  view("ask");
  for (const part of page.parts) part();
  look();
};

page.parts = [];

// The other components are there a little later than this one, each loaded by itself.
const NEEDED = [
  "#cw-list",
  "#cw-hello",
  "#cw-chat",
  "#cw-box textarea",
  "#cw-hint-text",
  "#cw-table",
  "#cw-sources .cw-sources",
  "#cw-toast",
  "#cw-ask",
  "#cw-show",
  "#cw-cancel",
];
const wait = () => (NEEDED.every($) ? begin() : setTimeout(wait, 20));
setTimeout(wait);
