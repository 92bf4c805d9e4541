// Citations are places: a marker in an answer shows its passage, and from there its document.

const lit = "cw-lit";

const reveal = (card, scroll = true) => {
  const group = card.closest("section");
  for (const other of group.parentElement.children) other.hidden = other !== group;
  for (const old of $$("." + lit)) old.classList.remove(lit);
  card.classList.add(lit);
  if (card.id) for (const marker of $$(`a[href$="#${card.id}"]`)) marker.classList.add(lit);
  sheet(true);
  viewing(false);
  if (!scroll) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const mark = card.querySelector("mark");
  const tall = card.offsetHeight > innerHeight * 0.5;
  (tall && mark ? mark : card).scrollIntoView({
    behavior: still ? "auto" : "smooth",
    block: tall ? "center" : "nearest",
  });
};

// On a narrow screen the panel is a sheet over the conversation.
const sheet = (open) => $("#cw-page").classList.toggle("cw-sheet", open);

const viewing = (open) => {
  $("#cw-back").textContent = $("#cw-page").dataset.view === "documents" ? "Close" : "Back to the sources";
  $("#cw-viewer").hidden = !open;
  $("#cw-sources").classList.toggle("cw-away", open);
};

// What was last shown, so that its pages can be turned.
let shown = null;

const openDocument = async (place) => {
  const answer = await call("view", place);
  if (!answer) return;
  shown = place;
  viewing.from = viewing.from ?? document.activeElement;
  $("#cw-view").innerHTML = answer.html;
  viewing(true);
  sheet(true);
  $("#cw-view h2").focus({ preventScroll: true });
  $("#cw-panel").scrollTop = 0;
  const target = $("#cw-view .cw-box") ?? $("#cw-view mark");
  const picture = $("#cw-view img");
  if (picture) await picture.decode().catch(() => null);
  target?.scrollIntoView({ block: "center" });
};

const placeOf = (card) => {
  const position = Number(card.querySelector(".cw-open").dataset.position);
  const found = card.closest("#cw-found");
  const number = Number(card.id.split("-")[1]);
  const exchange = found ? null : exchanges()[number - 1];
  const place = found
    ? page.found[position]
    : (exchange.citations.length ? exchange.citations : exchange.passages)[position];
  return { document: place.document_id, start: place.start, end: place.end };
};

page.parts.push(() => {
  const target = (event) => {
    const marker = event.target.closest?.("a.cw-cite");
    return marker ? document.getElementById(marker.hash.slice(1)) : null;
  };
  document.addEventListener(
    "click",
    (event) => {
      // What is chosen is not taken away again by what was only pointed at.
      clearTimeout(reveal.timer);
      const open = event.target.closest(".cw-open");
      if (open) {
        viewing.from = open;
        openDocument(placeOf(open.closest(".cw-card")));
        return;
      }
      const turn = event.target.closest(".cw-page");
      if (turn) {
        openDocument({ ...shown, page: Number(turn.dataset.page) });
        return;
      }
      if (event.target.closest("a.cw-cite")) {
        event.preventDefault();
        event.stopPropagation();
        const card = target(event);
        if (!card) return;
        reveal(card);
        card.focus({ preventScroll: true });
      }
      const card = event.target.closest(".cw-card");
      if (card && getSelection().isCollapsed) reveal(card);
    },
    true,
  );
  // Hovering shows the passage where there is a panel to see it in.
  document.addEventListener("mouseover", (event) => {
    clearTimeout(reveal.timer);
    const card = innerWidth >= 900 && target(event);
    if (card) reveal.timer = setTimeout(() => reveal(card), 150);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.(".cw-card")) reveal(event.target);
    if (event.key === "Escape" && !$("dialog[open]")) {
      if (!$("#cw-viewer").hidden) back();
      else sheet(false);
      side(false);
    }
  });
  const back = () => {
    const alone = $("#cw-page").dataset.view === "documents";
    viewing(false);
    if (alone) sheet(false);
    viewing.from?.focus?.();
    viewing.from = null;
  };
  $("#cw-back").addEventListener("click", back);
  $("#cw-close").addEventListener("click", () => {
    viewing(false);
    sheet(false);
  });
  // A new answer's passages are read from the top.
  let latest = $("#cw-sources .cw-sources");
  new MutationObserver(() => {
    const first = $("#cw-sources .cw-sources");
    if (first === latest) return;
    latest = first;
    viewing(false);
    $("#cw-panel").scrollTop = 0;
  }).observe($("#cw-sources"), { subtree: true, childList: true });
});
