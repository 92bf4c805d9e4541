// Filters and searches the questions. All are there without it.
const section = document.querySelector("#questions");
const rows = [...section.querySelectorAll("details.question")];
const buttons = [...section.querySelectorAll("[data-filter]")];
const search = section.querySelector("input");
const none = section.querySelector(".none");

const show = () => {
  const wanted = buttons.find((each) => each.getAttribute("aria-pressed") === "true").dataset.filter;
  const words = search.value.toLowerCase();
  for (const row of rows) {
    const fits = row.dataset.is.split(" ").includes(wanted);
    row.hidden = !fits || !row.textContent.toLowerCase().includes(words);
  }
  none.hidden = rows.some((row) => !row.hidden);
};

for (const button of buttons) {
  button.addEventListener("click", () => {
    for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
    show();
  });
}
search.addEventListener("input", show);
