// <snapshelf-search src="https://search.shop.example" k="12"></snapshelf-search>: a search box for words and photos with
// its results, for any page of a shop. All of it is in a shadow root: the styles of the page and of the box do not meet,
// but for custom properties and ::part.
//
// Attributes: src, the server (where this file came from, if left out); k, hits at once; link, a product's address with
// {sku} in it; where, a filter for all searches; placeholder; label; events="off" to tell the server of no clicks.
import { card, price } from "./embed/cards.js";
import { sheet } from "./embed/style.js";
import { Suggestions } from "./embed/suggestions.js";
import { ConsentButton, agreed, forget } from "./store/consent.js";
import { icon, make } from "./store/dom.js";
import { NoPhoto, prepared } from "./store/picture.js";

const HOME = new URL("../..", import.meta.url).href;
const LINK = "/p/{sku}"; // a product's page in the storefront of the server
const K = 12;

export class SnapshelfSearch extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open", delegatesFocus: true }).adoptedStyleSheets = [sheet()];
  }

  connectedCallback() {
    if (this.form) return;
    const label = this.getAttribute("label") ?? "Search the shop";
    this.photo = null;
    this.input = make("input", { type: "search", part: "input", name: "q", maxlength: 1000, "aria-label": label,
      placeholder: this.getAttribute("placeholder") ?? "Words or a photo", autocomplete: "off", enterkeyhint: "search" });
    this.file = make("input", { type: "file", accept: "image/*,.heic,.heif", hidden: true, tabindex: -1,
      onchange: () => this.chosen() });
    const choose = make("button", { type: "button", part: "photo-button", class: "tool", title: "Search with a photo",
      "aria-label": "Search with a photo", onclick: () => this.file.click() }, icon("camera"));
    const go = make("button", { part: "button", class: "go", "aria-label": "Search" }, icon("search"));
    this.suggestions = new Suggestions(this.input, (words) => this.suggest(words), () => this.search());
    this.form = make("form", { part: "form", role: "search", "aria-label": label }, make("div", { class: "field" },
      this.input, this.suggestions.list), choose, go, this.file);
    this.chosenPhoto = make("div", { class: "photo", hidden: true });
    this.said = make("p", { part: "status", class: "status", role: "status" });
    this.grid = make("ul", { part: "grid", class: "grid", "aria-label": "Results" });
    this.grid.hidden = true;
    this.more = make("button", { type: "button", part: "more", class: "more", hidden: true,
      onclick: () => this.search(this.page + 1) }, "Show more");
    this.privacy = make("div", { class: "privacy", hidden: true });
    this.shadowRoot.append(this.form, this.chosenPhoto, this.said, this.grid, this.more, this.privacy);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
    this.taking();
  }

  /** Photos that are pasted into the box, or dropped on it. */
  taking() {
    const images = (list) => [...(list ?? [])].filter((file) => file.type.startsWith("image/"));
    this.addEventListener("paste", (event) => {
      const [file] = images(event.clipboardData?.files);
      if (!file) return;
      event.preventDefault();
      this.take(file);
    });
    this.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
    this.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.take(event.dataTransfer.files[0]);
    });
    document.addEventListener("snapshelf-withdrawn", () => this.removePhoto("Your photo was taken out."));
  }

  get server() {
    return new URL(this.getAttribute("src") || HOME, location.href).href.replace(/\/+$/, "");
  }

  chosen() {
    const [file] = this.file.files;
    this.file.value = "";
    return file && this.take(file);
  }

  /** Search with a photo, after asking. */
  async take(file) {
    try {
      const photo = await prepared(file);
      if ((await agreed("photo", this.server, this.shadowRoot)) === null) return this.say("Your photo was not sent.");
      this.photo = photo;
    } catch (error) {
      return this.say(error instanceof NoPhoto ? error.message : "The search cannot be reached, and your photo was not sent.");
    }
    this.showPhoto();
    return this.search();
  }

  showPhoto() {
    const picture = this.photo.width
      ? make("img", { src: URL.createObjectURL(this.photo.blob), alt: "Your photo", width: 56, height: 56 })
      : icon("picture");
    const remove = make("button", { type: "button", class: "remove", "aria-label": "Remove your photo", onclick: () => {
      this.removePhoto("Photo removed.");
      this.input.focus();
      if (this.input.value.trim()) this.search();
    } }, icon("close"));
    this.chosenPhoto.replaceChildren(picture, remove);
    this.chosenPhoto.hidden = false;
    if (!customElements.get("snapshelf-consent")) customElements.define("snapshelf-consent", class extends ConsentButton {});
    if (this.privacy.hidden) this.privacy.append(make("snapshelf-consent", { server: this.server }));
    this.privacy.hidden = false;
  }

  removePhoto(said) {
    if (!this.photo) return;
    this.running?.abort();
    URL.revokeObjectURL(this.chosenPhoto.querySelector("img")?.src);
    this.photo = null;
    this.chosenPhoto.hidden = this.more.hidden = this.grid.hidden = true;
    this.say(said);
  }

  async suggest(words) {
    const answer = await fetch(`${this.server}/suggest?${new URLSearchParams({ q: words.slice(0, 200), k: 6 })}`);
    return answer.ok ? (await answer.json()).suggestions : [];
  }

  /** Ask, and show the hits; a search that is under way is given up. `page` from 2 adds to what is there. */
  async search(page = 1, again = false) {
    const words = this.input.value.trim();
    this.suggestions.close();
    if (!words && !this.photo) return this.input.focus();
    this.running?.abort();
    const running = (this.running = new AbortController());
    this.form.setAttribute("aria-busy", "true");
    try {
      const answer = await this.ask(words, page, running.signal);
      if (answer === null) return this.removePhoto("Your photo was not sent.");
      const told = await answer.json();
      if (running.signal.aborted) return undefined;
      if (told.error?.code === "no_consent" && !again) {
        forget(this.server); // taken back in another place, or too old
        return this.search(page, true);
      }
      if (told.error) return this.say(told.error.message);
      this.show(told, words, page);
    } catch (error) {
      if (error.name !== "AbortError") this.say("The search cannot be reached. Try again in a moment.");
    } finally {
      if (this.running === running) this.form.removeAttribute("aria-busy");
    }
    return undefined;
  }

  async ask(words, page, signal) {
    const given = { q: words, k: this.getAttribute("k") ?? K, page, where: this.getAttribute("where") ?? "" };
    const kept = Object.entries(given).filter(([, value]) => value !== "");
    if (!this.photo) return fetch(`${this.server}/search?${new URLSearchParams(kept)}`, { signal });
    const id = await agreed("photo", this.server, this.shadowRoot);
    if (id === null) return null;
    const body = new FormData();
    for (const [name, value] of kept) body.set(name, value);
    if (id) body.set("consent", id);
    body.set("image", this.photo.blob, this.photo.name);
    return fetch(`${this.server}/search`, { method: "POST", body, signal });
  }

  show(told, words, page) {
    const hits = told.hits.length || page > 1 ? told.hits : told.nearest;
    const cards = hits.map((hit) => card(hit, this.server, this.address(hit.sku), (event) => this.click(event, hit, told, words)));
    if (page > 1) this.grid.append(...cards);
    else this.grid.replaceChildren(...cards);
    this.grid.hidden = !this.grid.children.length;
    this.more.hidden = !told.more || !told.hits.length;
    this.page = page;
    if (page > 1) cards[0]?.querySelector("a").focus();
    const count = `${told.estimated ? "about " : ""}${told.total.toLocaleString()}`;
    this.say(told.hits.length ? `${count} ${told.total === 1 ? "product" : "products"}`
      : `${sentence(told.nothing) || "Nothing fits."}${hits.length ? " These come nearest:" : ""}`);
    this.tell([{ user_query: words, query_id: told.query_id, query_response_hit_ids: told.hits.map((hit) => hit.sku) }]);
    this.dispatchEvent(new CustomEvent("snapshelf:results", { bubbles: true, composed: true,
      detail: { queryId: told.query_id, total: told.total, skus: hits.map((hit) => hit.sku) } }));
  }

  /** A click on a hit. The page may cancel `snapshelf:click` and show the product in its own way. */
  click(event, hit, told, words) {
    const attributes = { object: { object_id: hit.sku }, position: { ordinal: hit.rank } };
    this.tell([{ action_name: "click", query_id: told.query_id, user_query: words, event_attributes: attributes }]);
    const detail = { sku: hit.sku, title: hit.title, price: price(hit), rank: hit.rank, queryId: told.query_id,
      href: this.address(hit.sku) };
    const goes = this.dispatchEvent(new CustomEvent("snapshelf:click", { bubbles: true, composed: true, cancelable: true, detail }));
    if (!goes) event.preventDefault();
  }

  address(sku) {
    const link = this.getAttribute("link");
    return (link ?? `${this.server}${LINK}`).replaceAll("{sku}", encodeURIComponent(sku));
  }

  /** What was seen and clicked makes later searches better; nobody is named. A failure is the shop's, not the shopper's. */
  tell(events) {
    if (this.getAttribute("events") === "off") return;
    const timestamp = new Date().toISOString();
    const body = JSON.stringify(events.map((event) => ({ ...event, timestamp })));
    fetch(`${this.server}/events`, { method: "POST", body, keepalive: true,
      headers: { "Content-Type": "application/json" } }).catch(() => null);
  }

  say(words) {
    this.said.textContent = words;
  }
}

function sentence(said) {
  return typeof said === "string" ? said : "";
}

if (!customElements.get("snapshelf-search")) customElements.define("snapshelf-search", SnapshelfSearch);
