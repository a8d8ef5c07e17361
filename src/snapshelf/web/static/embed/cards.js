// A hit as a card.
import { make } from "../store/dom.js";

/** One hit as a list entry: picture, brand, title, price, stock, and whether it is sponsored. */
export function card(hit, server, address, onclick) {
  const picture = hit.images.length
    ? make("img", { part: "picture", src: `${server}${hit.images[0]}?w=320`, alt: "", width: 320, height: 320,
      loading: "lazy", decoding: "async" })
    : make("span", { class: "no-picture" });
  const cost = price(hit);
  return make("li", { part: "hit" }, make("a", { part: "card", class: "card", href: address, onclick },
    make("span", { class: "picture" }, picture),
    hit.label ? make("span", { part: "label", class: "label" }, hit.label) : null,
    hit.brand ? make("span", { part: "brand", class: "brand" }, hit.brand) : null,
    make("span", { part: "title", class: "title" }, hit.title),
    cost ? make("span", { part: "price", class: "price" }, cost) : null,
    hit.in_stock === false ? make("span", { part: "stock", class: "stock" }, "Sold out") : null));
}

/** "€69.00" as the reader's language writes it, "" where there is no price. */
export function price({ price: amount, currency }) {
  if (amount === null || amount === undefined) return "";
  try {
    return new Intl.NumberFormat(undefined, currency ? { style: "currency", currency } : {}).format(amount);
  } catch {
    return `${amount.toFixed(2)} ${currency}`; // not one of the three-letter codes
  }
}
