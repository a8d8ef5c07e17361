/* Grey shapes in the place of results that take longer than a moment. */
const MOMENT = 120; // milliseconds

export function wait(results) {
  let undo = () => {};
  const timer = setTimeout(() => (undo = lay(results)), MOMENT);
  results.setAttribute("aria-busy", "true");
  const end = () => {
    clearTimeout(timer);
    results.removeAttribute("aria-busy");
  };
  return { end, undo: () => (end(), undo()) };
}

/* Shapes for the cards alone where there are any, else for all; returns what takes them away again. */
function lay(results) {
  const cards = results.querySelector(".list .cards");
  const shapes = document.createElement("ul");
  shapes.className = "cards bones";
  shapes.setAttribute("aria-hidden", "true");
  for (let count = 0; count < 8; count++) {
    const card = shapes.appendChild(document.createElement("li"));
    card.className = "card";
    for (let line = 0; line < 3; line++) card.appendChild(document.createElement("div")).className = "bone";
  }
  if (cards) {
    cards.replaceWith(shapes);
    return () => shapes.replaceWith(cards);
  }
  const before = [...results.childNodes];
  results.replaceChildren(shapes);
  return () => results.replaceChildren(...before);
}
