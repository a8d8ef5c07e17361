/* Search without leaving the page: the same query is sent, the results come as HTML and take the place of the old. */
import { watch } from "./events.js";
import { problemOf, say, clearTrouble, trouble } from "./say.js";
import { wait } from "./wait.js";

const form = document.getElementById("search");
const box = document.getElementById("q");
const results = document.getElementById("results");
const FIELDS = "photo-field, sound-field, scan-button, blend-slider";
const OWNED = ["photo", "crop"]; // of the address; the fields put them there
const KEPT = 12; // answers kept in memory, for the way back

const answers = new Map();
let running = null;

const fields = () => [...document.querySelectorAll(FIELDS)];
const address = (params) => (params.size ? `/?${params}` : "/");
const current = () => new URLSearchParams(location.pathname === "/" ? location.search : "");

/* Search for what `params` say and what the fields hold. how.history: push, replace or none; how.focus: the id of what
   has the focus afterwards, "" for the heading; how.scroll: pixels from the top; how.typed: with nothing to search for
   the box is waiting, instead of the start page; how.restored: the fields were just asked for what the address names. */
export async function go(params, how = {}) {
  running?.abort();
  const mine = (running = new AbortController());
  const { history: step = "push", focus = "", scroll = 0 } = how;
  const [media, named] = [new FormData(), params.getAll("photo")];
  OWNED.forEach((name) => params.delete(name));
  if (customElements.get("blend-slider")) params.delete("weights");
  try {
    for (const field of fields()) {
      if ((await field.fill?.(media, params)) === false || mine.signal.aborted) return;
    }
  } catch (error) {
    if (error.name !== "AbortError") trouble(error.message);
    return;
  }
  if (how.restored && !params.has("photo")) named.forEach((id) => params.append("photo", id)); // another device has them
  const sent = [...media.values()].some((value) => value instanceof Blob);
  if (!sent && !searches(params)) {
    if (how.typed) return box.focus();
    params = new URLSearchParams(); // nothing is searched for any more: the start page
  }
  box.value = params.get("q") ?? "";
  await ask(mine, params, sent ? media : null, step, focus, scroll);
}

/* The id of what the shopper went to while the answer was on its way: that keeps the focus. "" where nothing was. */
function since(before) {
  const now = document.activeElement;
  return now && now !== before && now !== document.body ? now.id : "";
}

const searches = (params) => params.has("photo") || [...params.keys()].some((name) => name === "q" || name.startsWith("f."));

async function ask(mine, params, media, step, focus, scroll) {
  const [rest, before] = [wait(results), document.activeElement];
  clearTrouble();
  try {
    const html = await fetched(mine, params, media);
    rest.end();
    show(html, address(params), step, since(before) || focus, scroll);
  } catch (error) {
    rest.undo();
    if (mine.signal.aborted) return;
    const offline = error instanceof TypeError;
    trouble(offline ? "You seem to be offline. The search goes on by itself as soon as you are back." : error.message);
    if (offline) addEventListener("online", () => mine === running && ask(mine, params, media, step, focus, scroll), { once: true });
  }
}

async function fetched(mine, params, media) {
  const headers = { Accept: "text/html", "X-Fragment": "results" };
  let [url, request] = [address(params), { headers, signal: mine.signal }];
  if (media) {
    const named = new Set(media.keys());
    for (const [name, value] of params) if (!named.has(name)) media.append(name, value);
    headers["X-CSRF-Token"] = document.body.dataset.formToken;
    [url, request] = ["/", { ...request, method: "POST", body: media }];
  }
  const answer = await fetch(url, request);
  if (!answer.ok) throw await problemOf(answer);
  return answer.text();
}

function show(html, url, step, focus, scroll) {
  answers.delete(url);
  answers.set(url, html);
  if (answers.size > KEPT) answers.delete(answers.keys().next().value);
  if (step === "push" && url !== location.pathname + location.search) history.pushState({}, "", url);
  else if (step !== "none") history.replaceState(history.state, "", url);
  swap(html);
  land(focus, scroll);
}

function swap(html) {
  results.replaceChildren(document.createRange().createContextualFragment(html));
  const told = results.firstElementChild?.dataset ?? {};
  if (told.title) document.title = told.title;
  say(told.said ?? "");
  results.dispatchEvent(new CustomEvent("results-swapped", { bubbles: true }));
  watch(results);
}

function land(focus, scroll) {
  const goal = (focus && document.getElementById(focus)) || results.querySelector("h1");
  goal?.focus({ preventScroll: true });
  if (!focus) scrollTo({ top: scroll, behavior: "instant" });
}

/* --- what starts a search --------------------------------------------------------------------------------------------- */

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = box.value.trim();
  go(new URLSearchParams(words ? { q: words } : {}), { typed: true }); // other words: what was chosen for the old ones is let go
});

form.addEventListener("search-change", () => {
  const params = current();
  params.delete("page");
  params.delete("q");
  if (box.value.trim()) params.set("q", box.value.trim());
  go(params, { focus: document.activeElement?.id ?? "" });
});

document.addEventListener("change", (event) => {
  if (event.target.form?.id === "narrow") narrow(event.target.form, event.target.id);
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "narrow") return;
  event.preventDefault();
  narrow(event.target, document.activeElement?.id ?? "");
});

function narrow(choices, focus) {
  const filled = [...new FormData(choices)].filter(([, value]) => typeof value === "string" && value.trim());
  go(new URLSearchParams(filled), { focus: focus || "sort" });
}

results.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const goal = new URL(link.href);
  if (goal.origin !== location.origin || goal.pathname !== "/" || !goal.search) return;
  event.preventDefault();
  if (goal.searchParams.has("photo") !== current().has("photo")) await restore(goal.searchParams);
  go(goal.searchParams);
});

results.addEventListener("click", (event) => {
  const button = event.target.closest("[data-but], [data-most], button[data-words]");
  if (!button) return;
  const { but, most, words } = button.dataset;
  if (words !== undefined || but === "") {
    if (words !== undefined) box.value = words;
    box.focus();
    box.scrollIntoView({ block: "nearest" });
    return;
  }
  const params = current();
  params.delete("page");
  if (but) params.set("q", but);
  if (most) params.set("max", most);
  go(params);
});

/* --- the way back ------------------------------------------------------------------------------------------------------ */

async function restore(params) {
  for (const field of fields()) await field.restore?.(params);
}

history.scrollRestoration = "manual";
let noting = 0;
addEventListener(
  "scroll",
  () => {
    clearTimeout(noting);
    noting = setTimeout(() => history.replaceState({ ...history.state, scroll: scrollY }, ""), 150);
  },
  { passive: true },
);

addEventListener("popstate", async (event) => {
  clearTimeout(noting);
  if (location.pathname !== "/") return location.reload();
  running?.abort();
  clearTrouble();
  const params = current();
  box.value = params.get("q") ?? "";
  await restore(params);
  const [held, scroll] = [answers.get(address(params)), event.state?.scroll ?? 0];
  if (!held) return go(params, { history: "none", scroll, restored: true });
  swap(held);
  land("", scroll);
});

const opened = current();
if (location.pathname === "/") answers.set(address(opened), results.innerHTML);
if (results.querySelector("[data-waiting]")) {
  answers.clear();
  await Promise.all(["photo-field", "sound-field"].map((name) => customElements.get(name) ?? settled(name)));
  await restore(opened);
  go(opened, { history: "replace", scroll: history.state?.scroll ?? 0, restored: true });
} else if (history.state?.scroll) {
  scrollTo({ top: history.state.scroll, behavior: "instant" });
}

/* Once an element is defined, or after a moment without it. */
function settled(name) {
  return Promise.race([customElements.whenDefined(name), new Promise((resolve) => setTimeout(resolve, 500))]);
}
