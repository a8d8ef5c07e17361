// Asked before a photo, a sound or a video leaves the page; taken back whenever the shopper wants.
import { icon, make, shownModal, terms } from "./dom.js";
import * as photos from "./photos.js";

const KEPT = "snapshelf-consent"; // in localStorage, with the server if it is another: {id, purposes, until, wording}
const DAY = 86_400_000;
const ITS = { photo: "photo", sound: "recording", video: "video" };

/** What was agreed to and still holds, or null. */
export function held(server = "") {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT + server));
    return kept && kept.id && kept.until > Date.now() ? kept : null;
  } catch {
    return null; // nothing may be stored here, or what is stored was not ours
  }
}

let asking = Promise.resolve(); // one question at a time

/**
 * The id to be sent with something for a purpose ("photo", "sound", "video"), "" where this server needs none.
 * Asks if need be; null where the shopper says no. Throws where the server cannot be reached.
 */
export function agreed(purpose, server = "", place = document.body) {
  asking = asking.catch(() => null).then(() => settled(purpose, server, place));
  return asking;
}

async function settled(purpose, server, place) {
  const told = await terms(server);
  if (!told.needed) return "";
  const kept = held(server);
  if (kept?.purposes.includes(purpose) && kept.wording === told.wording) return kept.id;
  if ((await shownModal(question(purpose, told, server), place)) !== "yes") return null;
  const purposes = [...new Set([...(kept?.wording === told.wording ? kept.purposes : []), purpose])];
  const answer = await sent(`${server}/consents`, "POST", { purposes, wording: told.wording });
  if (!answer.ok) throw new Error(`consent could not be recorded: ${answer.status}`);
  const { id, days } = await answer.json();
  keep({ id, purposes, until: Date.now() + days * DAY, wording: told.wording }, server);
  if (kept) sent(`${server}/consents/${encodeURIComponent(kept.id)}`, "DELETE").catch(() => null); // the new one has all
  return id;
}

/** Take it back at the server, and forget all photos here. Throws where the server cannot be reached. */
export async function withdraw(server = "") {
  const kept = held(server);
  if (kept) {
    const answer = await sent(`${server}/consents/${encodeURIComponent(kept.id)}`, "DELETE");
    if (!answer.ok && answer.status !== 404) throw new Error(`it could not be taken back: ${answer.status}`);
  }
  forget(server);
  await photos.clear();
}

/** The server says that the consent is none (any more): ask again before the next photo. */
export function forget(server = "") {
  keep(null, server);
}

function keep(consent, server) {
  try {
    if (consent) localStorage.setItem(KEPT + server, JSON.stringify(consent));
    else localStorage.removeItem(KEPT + server);
  } catch {
    // Without a store it is asked for again on the next page.
  }
  window.dispatchEvent(new CustomEvent("snapshelf-consent"));
}

function sent(address, method, given) {
  const body = given && JSON.stringify(given);
  return fetch(address, { method, body, headers: given ? { "Content-Type": "application/json" } : {} });
}

function question(purpose, told, server) {
  const it = ITS[purpose];
  const small = purpose === "photo"
    ? `Your photo is sent to this shop, made smaller and without the place and time that a camera writes into it.`
    : `Your ${it} is sent to this shop.`;
  const lines = [small, `It is used for this search and nothing else. ${kept(told.kept_seconds)}`];
  if (purpose === "photo" && !server) {
    lines.push(`This browser remembers your last ${photos.MOST} photos, so that you can go back to a search.`);
  }
  lines.push(`You can take this back at any time under “Photo privacy”. We ask again in ${days(told.days)}.`);
  return dialogOf(`Search with your ${it}?`, lines, [
    make("button", { class: "snap-main", value: "yes", autofocus: true }, "Agree and search"),
    make("button", { class: "snap-other", value: "" }, "No, do not send it"),
  ]);
}

function kept(seconds) {
  return seconds ? `The shop deletes it after ${seconds} seconds.` : "The shop does not keep it: it is gone once you have the answer.";
}

function days(count) {
  return count >= 1 ? `${Math.round(count)} ${Math.round(count) === 1 ? "day" : "days"}` : "less than a day";
}

function dialogOf(title, lines, buttons) {
  const name = `snap-dialog-${Math.random().toString(36).slice(2)}`;
  const form = make("form", { method: "dialog" }, make("h2", { id: name }, title),
    ...lines.map((line) => (line instanceof Node ? line : make("p", {}, line))),
    make("div", { class: "snap-actions" }, ...buttons));
  return make("dialog", { class: "snap-dialog", "aria-labelledby": name }, form);
}

/** “Photo privacy”: what was agreed to, and a way to take it back. Attribute `server`: where, if not here. */
export class ConsentButton extends HTMLElement {
  connectedCallback() {
    this.server = this.getAttribute("server") ?? "";
    if (this.button) return;
    this.button = make("button", { type: "button", class: "snap-link", onclick: () => this.open() });
    this.append(this.button);
    window.addEventListener("snapshelf-consent", () => this.show());
    window.addEventListener("storage", () => this.show());
    this.show();
  }

  show() {
    const state = held(this.server) ? "you agreed" : "nothing is sent";
    this.button.replaceChildren(icon("shield"), `Photo privacy: ${state}`);
  }

  async open() {
    const kept = held(this.server);
    const said = make("p", { role: "status" });
    const lines = kept
      ? [`You agreed that your ${list(kept.purposes)} may be sent to this shop to be searched with, until ${
        new Date(kept.until).toLocaleDateString()}.`, said]
      : ["You have not agreed to anything: no photo, recording or video leaves this page before you are asked.", said];
    const back = make("button", { type: "button", class: "snap-main" }, "Take it back and delete my photos here");
    const close = make("button", { class: "snap-other", value: "" }, "Close");
    const dialog = dialogOf("Photo privacy", lines, kept ? [back, close] : [close]);
    back.addEventListener("click", async () => {
      back.disabled = true;
      try {
        await withdraw(this.server);
        dialog.close("withdrawn");
      } catch {
        said.textContent = "The shop could not be reached. Nothing was changed; try again.";
        back.disabled = false;
      }
    });
    const place = this.getRootNode() === document ? document.body : this.getRootNode();
    if ((await shownModal(dialog, place)) === "withdrawn") {
      document.dispatchEvent(new CustomEvent("snapshelf-withdrawn"));
    }
  }
}

function list(purposes) {
  const named = purposes.map((purpose) => `${ITS[purpose]}s`);
  return named.length > 1 ? `${named.slice(0, -1).join(", ")} and ${named.at(-1)}` : named[0];
}
