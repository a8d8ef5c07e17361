// The photos of a search: chosen, taken, dropped, pasted; up to four, each with the part of it that is meant.
import * as camera from "./camera.js";
import * as consent from "./consent.js";
import { asked, boxOf } from "./crop.js";
import { changed, icon, iconButton, make, tray } from "./dom.js";
import * as photos from "./photos.js";
import { NoPhoto, prepared } from "./picture.js";

export const MOST = 4;
const touch = () => matchMedia("(pointer: coarse)").matches;
const words = { auto: "what stands out in it", whole: "all of it", "": "the photo" };

export class PhotoField extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.held = []; // {id, blob, width, height, name, crop}
    const files = (more) => make("input", { type: "file", accept: "image/*,.heic,.heif", hidden: true, tabindex: -1,
      "aria-hidden": "true", onchange: (event) => this.chosen(event.target), ...more });
    this.files = files({ multiple: true });
    this.taken = files({ capture: "environment" });
    const tools = [iconButton("picture", "Search with a photo", () => this.files.click())];
    if (touch() || camera.possible()) tools.push(iconButton("camera", "Take a photo", () => this.take()));
    this.said = make("p", { class: "snap-said", role: "status" });
    this.list = make("ul", { class: "snap-photos", "aria-label": "Your photos" });
    this.list.hidden = true;
    this.append(...tools, this.files, this.taken);
    tray(this).append(this.list, this.said);
    this.listen();
  }

  disconnectedCallback() {
    this.page?.abort();
    for (const shown of [this.list, this.said]) shown?.remove();
    this.list = null;
    this.replaceChildren();
  }

  /** What happens anywhere on the page: drop, paste, consent taken back. */
  listen() {
    this.page = new AbortController();
    const on = (name, does) => document.addEventListener(name, does, { signal: this.page.signal });
    const zone = make("div", { class: "snap-drop", "aria-hidden": "true" }, icon("picture"),
      "Drop the photo to search with it");
    let inside = 0;
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    const show = (on) => (on ? document.body.append(zone) : zone.remove());
    on("dragenter", (event) => carries(event) && show(++inside > 0));
    on("dragleave", (event) => carries(event) && show((inside = Math.max(0, inside - 1)) > 0));
    on("dragover", (event) => carries(event) && event.preventDefault());
    on("drop", (event) => {
      show((inside = 0) > 0);
      if (!carries(event)) return;
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    });
    on("paste", (event) => {
      const found = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
      if (!found.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      this.add(found);
    });
    on("snapshelf-withdrawn", () => {
      if (this.held.length) this.clear("Your photos were taken out and deleted here.");
    });
  }

  get count() {
    return this.held.length;
  }

  chosen(input) {
    const files = [...input.files];
    input.value = ""; // the same file may be chosen again
    return this.add(files);
  }

  async take() {
    if (touch()) return this.taken.click();
    const still = await camera.fromCamera("Take a photo", "Hold what you look for into the picture.");
    return still && this.add([still]);
  }

  /** Take photos in, after asking; tells the page if there are more than before. `crop`: what of them is meant. */
  async add(files, crop = "") {
    if (!files.length) return;
    this.say("");
    const made = [], wrong = [];
    for (const file of files.slice(0, MOST)) {
      try {
        made.push(await prepared(file));
      } catch (error) {
        if (!(error instanceof NoPhoto)) throw error;
        wrong.push(error.message);
      }
    }
    if (made.length && (await this.id()) === null) return;
    const before = this.count;
    for (const photo of made) await this.takeIn(photo, crop, wrong);
    if (files.length > MOST && this.count === MOST) wrong.push(`At most ${MOST} photos can be searched with at once.`);
    this.draw();
    this.say([...new Set(wrong)].join(" "));
    if (this.count > before) changed(this);
  }

  async takeIn(photo, crop, wrong) {
    const id = await photos.keep(photo);
    if (this.held.some((one) => one.id === id)) wrong.push(`${photo.name} is there already.`);
    else if (this.count >= MOST) wrong.push(`At most ${MOST} photos can be searched with at once; take one out first.`);
    else this.held.push({ ...photo, id, crop });
  }

  /** The consent's id, "" where none is needed; null where there is none, which the shopper is told. */
  async id() {
    try {
      const id = await consent.agreed("photo");
      if (id === null) this.say("Your photo was not sent.");
      return id;
    } catch {
      this.say("The shop could not be reached, and your photo was not sent. Try again.");
      return null;
    }
  }

  /** What is sent: `image` and `crop` for each photo, `consent`; into the address: `photo` and `crop`. */
  async fill(formData, urlParams) {
    if (!this.count) return;
    const id = await this.id();
    if (id === null) return this.clear(this.said.textContent);
    if (id) formData.set("consent", id);
    for (const photo of this.held) {
      formData.append("image", photo.blob, photo.name || "photo.jpg");
      formData.append("crop", photo.crop);
      urlParams.append("photo", photo.id);
      urlParams.append("crop", photo.crop);
    }
  }

  /** Show the photos that an address names, as far as this device has them. */
  async restore(urlParams) {
    const ids = urlParams.getAll("photo").slice(0, MOST), crops = urlParams.getAll("crop");
    const found = await Promise.all(ids.map((id) => photos.find(id)));
    this.held = found.flatMap((photo, place) => (photo ? [{ ...photo, crop: cropOf(crops[place], photo) }] : []));
    this.draw();
    const lost = ids.length - this.count;
    if (lost) this.say("This photo is on another device, or was deleted here; choose it again.");
    else this.say("");
  }

  clear(said = "") {
    this.held = [];
    this.draw();
    this.say(said);
    changed(this);
  }

  draw() {
    for (const shown of this.list.querySelectorAll("img")) URL.revokeObjectURL(shown.src);
    this.list.replaceChildren(...this.held.map((photo, place) => this.entry(photo, place)));
    this.list.hidden = !this.count;
    this.dispatchEvent(new CustomEvent("photos-shown", { bubbles: true }));
  }

  entry(photo, place) {
    const name = this.count > 1 ? `Photo ${place + 1}` : "Your photo";
    const picture = photo.width
      ? make("img", { src: URL.createObjectURL(photo.blob), alt: "", width: 64, height: 64 })
      : make("span", { class: "snap-no-picture" }, icon("picture"));
    const meant = words[photo.crop] ?? "a part of it";
    const edit = make("button", { type: "button", class: "snap-photo", id: `snap-photo-${place}`, onclick: () => this.crop(photo),
      "aria-label": `${name}: searching with ${meant}. Choose the part that you mean` }, picture,
    make("span", { class: "snap-badge", "aria-hidden": "true" }, icon("crop")));
    const remove = make("button", { type: "button", class: "snap-remove", id: `snap-remove-${place}`, "aria-label": `Remove ${name.toLowerCase()}`,
      onclick: () => this.remove(place) }, icon("close"));
    return make("li", {}, edit, remove);
  }

  remove(place) {
    this.held.splice(place, 1);
    this.draw();
    this.say("Photo removed.");
    (this.list.querySelectorAll(".snap-remove")[Math.min(place, this.count - 1)] ?? this.querySelector("button")).focus();
    changed(this);
  }

  async crop(photo) {
    const crop = await asked(photo, photo.crop);
    const place = this.held.indexOf(photo);
    if (place < 0) return;
    if (crop !== null && crop !== photo.crop) {
      photo.crop = crop;
      this.draw();
      this.say(`Searching with ${words[crop] ?? "the part that you marked"}.`);
      changed(this);
    }
    this.list.querySelectorAll(".snap-photo")[place].focus();
  }

  say(words) {
    this.said.textContent = words;
  }
}

function cropOf(text, photo) {
  return ["auto", "whole"].includes(text) || boxOf(text, photo.width, photo.height) ? text : "";
}
