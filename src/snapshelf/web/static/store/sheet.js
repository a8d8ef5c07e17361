/* On a phone the filters come up as a sheet; they are the same elements, moved there and back. */
const sheet = document.getElementById("sheet");
const body = sheet.querySelector(".sheet-body");
const results = document.getElementById("results");

document.addEventListener("click", (event) => {
  if (event.target.closest(".open-sheet")) open();
  else if (event.target.closest("#sheet [data-close]") || event.target === sheet) sheet.close();
});

function open() {
  fill();
  sheet.showModal();
}

function fill() {
  const filters = results.querySelector(".facets-in");
  if (!filters) return sheet.close();
  body.replaceChildren(filters);
  sheet.querySelector(".sheet-count").textContent = results.querySelector(".count")?.textContent ?? "the results";
}

sheet.addEventListener("close", () => {
  const place = results.querySelector(".facets");
  if (place && body.firstElementChild) place.replaceChildren(body.firstElementChild);
  body.replaceChildren();
  results.querySelector(".open-sheet")?.focus();
});

// New results bring new filters: the open sheet shows those.
results.addEventListener("results-swapped", () => sheet.open && fill());
