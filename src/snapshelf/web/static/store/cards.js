/* On a card: its variants take the place of what it shows, and a picture that does not come leaves a word. */
document.addEventListener("click", (event) => {
  const swatch = event.target.closest("a.swatch");
  if (!swatch || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  swap(swatch.closest(".card"), swatch);
});

function swap(card, swatch) {
  const { sku, title, price, stock, kind, picture } = swatch.dataset;
  card.dataset.sku = sku;
  card.querySelectorAll("a.swatch").forEach((one) => one.removeAttribute("aria-current"));
  swatch.setAttribute("aria-current", "true");
  const link = card.querySelector("a.title");
  link.textContent = title;
  link.href = swatch.getAttribute("href");
  card.querySelector(".price").textContent = price;
  const line = card.querySelector(".stock-line");
  line.replaceChildren();
  if (stock) {
    const said = line.appendChild(document.createElement("p"));
    said.className = `stock ${kind}`;
    said.textContent = stock[0].toUpperCase() + stock.slice(1);
  }
  const shot = card.querySelector("img.shot");
  if (shot && picture) {
    shot.srcset = [160, 320, 640].map((width) => `${picture}?w=${width} ${width}w`).join(", ");
    shot.src = `${picture}?w=320`;
  }
}

document.addEventListener(
  "error",
  (event) => {
    if (!event.target.matches?.("img.shot")) return;
    const none = document.createElement("span");
    none.className = "shot none";
    none.textContent = "No picture";
    event.target.replaceWith(none);
  },
  true,
);
