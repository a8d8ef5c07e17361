/* "Add to basket" tells the server and counts; the shop's own basket takes over by the event "snapshelf:basket".

   document.addEventListener("snapshelf:basket", (event) => { event.preventDefault(); myBasket.add(event.detail.sku); }); */
import { tell } from "./events.js";
import { say } from "./say.js";

const KEY = "snapshelf-basket";
const shown = document.querySelector(".basket");

function held() {
  try {
    const list = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function count() {
  const { length } = held();
  shown.hidden = !length;
  shown.querySelector(".basket-count").textContent = length;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add]");
  if (!button) return;
  const sku = button.dataset.add;
  tell("add_to_cart", sku, origin(sku));
  const ours = document.dispatchEvent(new CustomEvent("snapshelf:basket", { detail: { sku }, cancelable: true }));
  if (!ours) return;
  try {
    localStorage.setItem(KEY, JSON.stringify([...held(), sku]));
  } catch {
    // a browser that keeps nothing: the count stays as it is
  }
  count();
  button.textContent = "Added. Add another";
  say("Added to your basket");
});

function origin(sku) {
  try {
    return JSON.parse(sessionStorage.getItem(`snapshelf-from-${sku}`) ?? "{}");
  } catch {
    return {};
  }
}

count();
