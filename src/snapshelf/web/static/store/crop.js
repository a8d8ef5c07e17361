// Which part of a photo is meant: a box by pointer, touch or keyboard, all of it, or what the shop makes of it.
import { make, shownModal } from "./dom.js";

const LEAST = 16; // pixels of a box's sides; what is smaller shows nothing
const STEP = 0.02; // of the photo's longer side, by which a key moves
// The handles: which sides each moves (left, top, right, bottom), and its name.
const HANDLES = [
  ["lt", "Top left corner"], ["t", "Top edge"], ["rt", "Top right corner"], ["r", "Right edge"],
  ["rb", "Bottom right corner"], ["b", "Bottom edge"], ["lb", "Bottom left corner"], ["l", "Left edge"],
];
const SIDES = { l: 0, t: 1, r: 2, b: 3 };
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** "l,t,r,b" → four numbers inside a photo of this size, or null for what is no such box. */
export function boxOf(text, width, height) {
  const box = (text ?? "").split(",").map(Number);
  const whole = box.length === 4 && box.every(Number.isInteger);
  if (!whole || !width) return null;
  const inside = box[0] >= 0 && box[1] >= 0 && box[2] <= width && box[3] <= height;
  return inside && box[2] - box[0] >= LEAST && box[3] - box[1] >= LEAST ? box : null;
}

/** Ask which part of a photo is meant. Resolves with "" (the shop's way), "whole", "auto" or "l,t,r,b"; null for cancelled. */
export async function asked(photo, crop) {
  const address = URL.createObjectURL(photo.blob);
  const editor = make("crop-box");
  const choices = [["auto", "Find it for me"], ["whole", "All of the photo"]];
  if (photo.width) choices.push(["box", "A part that I mark"]); // not of one that this browser cannot open
  const start = boxOf(crop, photo.width, photo.height) ? "box" : crop || "auto";
  const radios = choices.map(([value, words]) => make("label", { class: "snap-choice" },
    make("input", { type: "radio", name: "crop", value, checked: value === start }), words));
  const form = make("form", { method: "dialog" }, make("h2", { id: "snap-crop-title" }, "What in the photo do you mean?"),
    make("div", { class: "snap-choices", role: "radiogroup", "aria-labelledby": "snap-crop-title" }, ...radios), editor,
    make("div", { class: "snap-actions" }, make("button", { class: "snap-main", value: "yes" }, "Search with this"),
      make("button", { class: "snap-other", value: "" }, "Cancel")));
  const dialog = make("dialog", { class: "snap-dialog snap-wide", "aria-labelledby": "snap-crop-title" }, form);
  const chosen = () => form.querySelector("input[name=crop]:checked").value;
  form.addEventListener("change", (event) => {
    if (event.target.name === "crop") editor.active = chosen() === "box";
  });
  editor.addEventListener("crop-draw", () => {
    form.querySelector("input[value=box]").checked = true;
    editor.active = true;
  });
  const closed = shownModal(dialog);
  if (photo.width) {
    editor.show(address, photo.width, photo.height, boxOf(crop, photo.width, photo.height));
    editor.active = start === "box";
  }
  const answer = await closed;
  URL.revokeObjectURL(address);
  if (answer !== "yes") return null;
  return chosen() === "box" ? editor.box.join(",") : chosen();
}

/** A photo with a box over it. `box`: left, top, right, bottom in its pixels. Says "crop-draw" when it is taken hold of. */
export class CropBox extends HTMLElement {
  show(address, width, height, box) {
    Object.assign(this, { width, height });
    this.box = box ?? [0.1 * width, 0.1 * height, 0.9 * width, 0.9 * height].map(Math.round);
    this.frame = make("div", { class: "snap-part", tabindex: 0, role: "group", "data-sides": "ltrb",
      "aria-label": "The part that is meant. Arrow keys move it, shift and arrow keys change its size." });
    this.handles = HANDLES.map(([sides, name]) => make("span", { class: `snap-handle snap-handle-${sides}`, tabindex: 0,
      role: "slider", "aria-label": name, "data-sides": sides }));
    this.frame.append(...this.handles);
    this.said = make("p", { class: "snap-hidden", "aria-live": "polite" });
    const picture = make("img", { src: address, width, height, alt: "Your photo", draggable: "false" });
    this.stage = make("div", { class: "snap-stage" }, picture, this.frame);
    this.stage.style.setProperty("--ratio", `${width / height}`);
    this.replaceChildren(this.stage, this.said);
    this.stage.addEventListener("pointerdown", (event) => this.grab(event));
    this.stage.addEventListener("keydown", (event) => this.press(event));
    this.draw();
  }

  get active() {
    return this.dataset.active === "yes";
  }

  set active(on) {
    this.dataset.active = on ? "yes" : "no";
    for (const one of [this.frame, ...(this.handles ?? [])]) one?.setAttribute("tabindex", on ? 0 : -1);
    this.frame?.toggleAttribute("hidden", !on);
  }

  /** A drag of a handle or of the box; one that starts beside the box draws a new one. */
  grab(event) {
    if (event.button) return;
    event.preventDefault();
    const start = this.at(event);
    let sides = this.active ? event.target.dataset.sides : undefined, from = [...this.box];
    this.stage.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const now = this.at(moved);
      if (!sides) {
        if (Math.hypot(now[0] - start[0], now[1] - start[1]) < LEAST) return; // not yet a drag
        this.dispatchEvent(new CustomEvent("crop-draw", { bubbles: true }));
        const ways = [now[0] < start[0] ? "l" : "r", now[1] < start[1] ? "t" : "b"];
        const corner = start.map((at, axis) => {
          const back = "lt".includes(ways[axis]), end = axis ? this.height : this.width;
          return Math.min(Math.max(at, back ? LEAST : 0), back ? end : end - LEAST);
        });
        from = [...corner, ...corner];
        sides = ways.join("");
      }
      this.change(from, sides, now[0] - start[0], now[1] - start[1]);
    };
    const end = () => {
      this.stage.removeEventListener("pointermove", move);
      this.say();
    };
    this.stage.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) this.stage.addEventListener(name, end, { once: true });
    if (sides) event.target.focus();
  }

  /** Arrows move what has the focus; with shift on the box they move its right and bottom edges. */
  press(event) {
    const way = KEYS[event.key], form = this.closest("form");
    if (event.key === "Enter") form?.requestSubmit(form.querySelector(".snap-main")); // as from any field
    if (!way || !event.target.dataset.sides) return;
    event.preventDefault();
    const step = Math.max(1, Math.round(STEP * Math.max(this.width, this.height)));
    const own = event.target.dataset.sides;
    const sides = own === "ltrb" && event.shiftKey ? "rb" : own;
    this.change([...this.box], sides, way[0] * step, way[1] * step);
    this.say();
  }

  /** Move some sides of a box by pixels, within the photo and not through each other. */
  change(from, sides, right, down) {
    const ends = [this.width, this.height], by = [right, down], box = [...from];
    for (const axis of [0, 1]) {
      const low = axis, high = axis + 2;
      const names = axis ? ["t", "b"] : ["l", "r"];
      const both = names.every((name) => sides.includes(name));
      const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
      if (both) {
        const moved = clamp(by[axis], -from[low], ends[axis] - from[high]);
        box[low] = from[low] + moved;
        box[high] = from[high] + moved;
      } else if (sides.includes(names[0])) box[low] = clamp(from[low] + by[axis], 0, from[high] - LEAST);
      else if (sides.includes(names[1])) box[high] = clamp(from[high] + by[axis], from[low] + LEAST, ends[axis]);
    }
    this.box = box.map(Math.round);
    this.draw();
  }

  draw() {
    const ends = [this.width, this.height];
    ["--left", "--top", "--right", "--bottom"].forEach((name, side) => {
      this.stage.style.setProperty(name, `${(100 * this.box[side]) / ends[side % 2]}%`);
    });
    for (const handle of this.handles) {
      const moved = [...handle.dataset.sides].map((side) => SIDES[side]);
      handle.setAttribute("aria-valuemin", 0);
      handle.setAttribute("aria-valuemax", ends[moved[0] % 2]);
      handle.setAttribute("aria-valuenow", this.box[moved[0]]);
      handle.setAttribute("aria-valuetext", moved.map((side) => `${this.percent(side)} % ${side % 2 ? "down" : "across"}`).join(", "));
    }
  }

  say() {
    const [left, top, right, bottom] = [0, 1, 2, 3].map((side) => this.percent(side));
    this.said.textContent = `From ${left} to ${right} % across, from ${top} to ${bottom} % down.`;
  }

  percent(side) {
    return Math.round((100 * this.box[side]) / (side % 2 ? this.height : this.width));
  }

  /** Where a pointer is, in pixels of the photo. */
  at(event) {
    const shown = this.stage.getBoundingClientRect();
    return [((event.clientX - shown.left) * this.width) / shown.width,
      ((event.clientY - shown.top) * this.height) / shown.height];
  }
}
