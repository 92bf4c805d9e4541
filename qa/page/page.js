// Citations are places: choosing a marker in an answer, or a card in the panel, shows the passage.
() => {
  const lit = "cw-lit";

  const show = (card) => {
    const group = card.closest("section");
    for (const other of group.parentElement.children) other.hidden = other !== group;
    for (const old of document.querySelectorAll("." + lit)) old.classList.remove(lit);
    card.classList.add(lit);
    for (const marker of document.querySelectorAll(`a[href$="#${card.id}"]`)) marker.classList.add(lit);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const mark = card.querySelector("mark");
    const tall = card.offsetHeight > innerHeight * 0.7;
    (tall && mark ? mark : card).scrollIntoView({
      behavior: still ? "auto" : "smooth",
      block: tall ? "center" : "nearest",
    });
  };

  const target = (event) => {
    const marker = event.target.closest("a.cw-cite");
    if (marker) return document.getElementById(marker.hash.slice(1));
    return event.target.closest(".cw-card");
  };

  // Caught on the way down: a chat message answers to clicks and Enter itself.
  document.addEventListener(
    "click",
    (event) => {
      const card = target(event);
      if (!card) return;
      if (event.target.closest("a.cw-cite")) {
        event.preventDefault();
        event.stopPropagation();
        card.focus({ preventScroll: true });
      }
      if (getSelection().isCollapsed) show(card);
    },
    true,
  );

  let latest = null;
  const tidy = () => {
    // A message is named by its source text, which is markup here; what it shows says it better.
    for (const named of document.querySelectorAll("#cw-chat [data-testid][aria-label]"))
      named.removeAttribute("aria-label");
    // A new answer's passages are read from the top.
    const first = document.querySelector("#cw-panel .cw-sources");
    if (first !== latest) document.getElementById("cw-panel").scrollTop = 0;
    latest = first;
  };
  new MutationObserver(tidy).observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ["aria-label"],
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".cw-card")) show(event.target);
  });
}
