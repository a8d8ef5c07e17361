// Words against photo: what counts how much, while a search has both.
import { changed, make, tray } from "./dom.js";

const MIDDLE = 50;

export class BlendSlider extends HTMLElement {
  connectedCallback() {
    if (this.range) return;
    this.form = this.closest("form");
    this.range = make("input", { id: "snap-blend", type: "range", min: 0, max: 100, step: 10, value: MIDDLE, "aria-label": "Words or photo",
      onchange: () => changed(this), oninput: () => this.say() });
    this.append(make("span", { "aria-hidden": "true" }, "Words"), this.range,
      make("span", { "aria-hidden": "true" }, "Photo"));
    const show = () => this.show();
    this.form.addEventListener("input", show);
    this.form.addEventListener("photos-shown", show);
    this.form.addEventListener("reset", () => queueMicrotask(show));
    this.say();
    this.show();
    tray(this).append(this);
  }

  /** Whether there is anything to weigh against each other. */
  get both() {
    return Boolean(this.form.elements.q?.value.trim() && this.photos);
  }

  get photos() {
    return this.form.querySelector("photo-field")?.count ?? 0;
  }

  show() {
    this.hidden = !this.both;
  }

  say() {
    const [words, photo] = shares(Number(this.range.value));
    this.range.setAttribute("aria-valuetext", words === photo ? "both count alike"
      : `words count ${Math.round(100 * words)} %, the photo ${Math.round(100 * photo)} %`);
  }

  /** `weights`, into what is sent and into the address; nothing where both count alike. */
  async fill(formData, urlParams) {
    const value = Number(this.range.value);
    if (!this.both || value === MIDDLE) return;
    const [words, photo] = shares(value);
    const images = Array.from({ length: this.photos }, (_, n) => `image${n ? n + 1 : ""}=${photo}`);
    formData.set("weights", [`text=${words}`, ...images].join(","));
    urlParams.set("weights", `text=${words},image=${photo}`);
  }

  async restore(urlParams) {
    const found = /^text=([\d.]+),image=([\d.]+)/.exec(urlParams.get("weights") ?? "");
    const [words, photo] = found ? [Number(found[1]), Number(found[2])] : [1, 1];
    const value = photo < words ? MIDDLE * photo : 100 - MIDDLE * words;
    this.range.value = Number.isFinite(value) ? value : MIDDLE;
    this.say();
    this.show();
  }
}

/** 0 to 100 → what words and photo count: both 1 in the middle, one of them less towards an end. */
function shares(value) {
  const round = (share) => Math.round(Math.min(1, share) * 100) / 100;
  return [round((100 - value) / MIDDLE), round(value / MIDDLE)];
}
