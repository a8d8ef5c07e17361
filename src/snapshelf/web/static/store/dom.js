// Elements without strings of markup: what a shopper or a catalogue wrote is only ever text.

const SVG = "http://www.w3.org/2000/svg";

// Drawn on 24 × 24 by strokes.
const ICONS = {
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.2v.1",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.2 3.2 0 1 0 .01 0",
  microphone: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4",
  barcode: "M4 6v12M7.5 6v12M10 6v12M14 6v12M16.5 6v12M20 6v12",
  search: "M10.5 4a6.5 6.5 0 1 0 .01 0M15.5 15.5 21 21",
  shield: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4",
  crop: "M7 2v15h15M2 7h15v15",
  close: "M6 6l12 12M18 6 6 18",
};

/** An element. `given`: attributes; a function is a listener (`onclick`), true and false switch. Children: nodes, text. */
export function make(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A picture for a button; its words are the button's. */
export function icon(name) {
  const drawn = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const looks = { class: "snap-icon", viewBox: "0 0 24 24", width: 24, height: 24, "aria-hidden": "true", fill: "none",
    stroke: "currentColor", "stroke-width": 1.75, "stroke-linecap": "round", "stroke-linejoin": "round" };
  for (const [attribute, value] of Object.entries(looks)) drawn.setAttribute(attribute, value);
  path.setAttribute("d", ICONS[name]);
  drawn.append(path);
  return drawn;
}

/** A round button with a picture, its words for those who do not see it, and for those who point at it. */
export function iconButton(name, words, onclick, more = {}) {
  return make("button", { type: "button", class: "snap-tool", "aria-label": words, title: words, onclick, ...more },
    icon(name));
}

/** Where what was chosen is shown, under the box itself: made by the first part that asks. */
export function tray(part) {
  const form = part.closest("form");
  const held = form.querySelector(".snap-tray");
  if (held) return held;
  const made = make("div", { class: "snap-tray" });
  form.append(made);
  return made;
}

/** Tells the page that there is something else to search for. */
export function changed(element) {
  element.dispatchEvent(new CustomEvent("search-change", { bubbles: true }));
}

/** A dialog over the page, closed by Escape too; resolves with what it is closed with, "" for given up. */
export function shownModal(dialog, place = document.body) {
  place.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    }, { once: true });
    dialog.showModal();
  });
}

/** What the server can do with what is sent: `{photo, sound, video, barcode}`; asked for once for each server. */
const asked = new Map();

export function terms(server = "") {
  if (!asked.has(server)) asked.set(server, fetched(`${server}/consents/terms`).catch((error) => {
    asked.delete(server);
    throw error;
  }));
  return asked.get(server);
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return answer.json();
}
