/* Suggestions while typing: the combobox of ARIA 1.2 with a list below it. */
const form = document.getElementById("search");
const box = document.getElementById("q");
const list = form.querySelector(".suggest");
const PAUSE = 80; // milliseconds after a letter
const GROUPS = {
  query: "Often searched",
  brand: "Brands",
  category: "Categories",
  phrase: "Searches",
  product: "Products",
  code: "Article numbers",
};

let timer = 0;
let running = null;
let active = -1;

list.id = "suggestions";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Suggestions");
for (const [name, value] of Object.entries({
  role: "combobox",
  "aria-autocomplete": "list",
  "aria-expanded": "false",
  "aria-controls": list.id,
})) {
  box.setAttribute(name, value);
}

const options = () => [...list.querySelectorAll('[role="option"]')];

function close() {
  clearTimeout(timer);
  running?.abort();
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  select(-1);
}

function select(place) {
  const held = options();
  active = place;
  held.forEach((one, at) => one.setAttribute("aria-selected", String(at === place)));
  if (place < 0) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", held[place].id);
  held[place].scrollIntoView({ block: "nearest" });
}

async function look() {
  const typed = box.value.trim();
  if (typed.length < 2) return close();
  running?.abort();
  const mine = (running = new AbortController());
  try {
    const answer = await fetch(`/suggest?${new URLSearchParams({ q: typed.slice(0, 200) })}`, { signal: mine.signal });
    if (!answer.ok) return close(); // the box works without
    const { suggestions } = await answer.json();
    if (!mine.signal.aborted && document.activeElement === box) fill(suggestions);
  } catch {
    if (!mine.signal.aborted) close();
  }
}

function fill(suggestions) {
  list.replaceChildren();
  const groups = new Map();
  for (const one of suggestions) {
    if (!groups.has(one.kind)) groups.set(one.kind, group(one.kind));
    groups.get(one.kind).append(option(one));
  }
  list.append(...groups.values());
  options().forEach((one, at) => (one.id = `suggestion-${at}`));
  list.hidden = !suggestions.length;
  box.setAttribute("aria-expanded", String(!!suggestions.length));
  select(-1);
}

function group(kind) {
  const made = document.createElement("div");
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", GROUPS[kind] ?? kind);
  const label = made.appendChild(document.createElement("span"));
  label.setAttribute("aria-hidden", "true");
  label.textContent = GROUPS[kind] ?? kind;
  return made;
}

function option(one) {
  const made = document.createElement("div");
  made.setAttribute("role", "option");
  Object.assign(made.dataset, { text: one.text, sku: one.sku ?? "" });
  const words = made.appendChild(document.createElement("span"));
  words.append(...stressed([...one.text], one.spans));
  if (one.products > 1 && one.kind !== "query") {
    made.appendChild(document.createElement("small")).textContent = one.products.toLocaleString("en");
  }
  return made;
}

/* Letters with those of the spans in bold; a span counts characters, and so do the letters given. */
function* stressed(letters, spans) {
  let at = 0;
  for (const [start, end] of spans) {
    yield letters.slice(at, start).join("");
    const bold = document.createElement("b");
    bold.textContent = letters.slice(start, end).join("");
    yield bold;
    at = end;
  }
  yield letters.slice(at).join("");
}

function choose(one) {
  const { text, sku } = one.dataset;
  close();
  if (sku) return location.assign(`/p/${encodeURIComponent(sku)}`);
  box.value = text;
  form.requestSubmit();
}

box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
});

box.addEventListener("keydown", (event) => {
  const held = list.hidden ? [] : options();
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    if (!held.length) return void (event.key === "ArrowDown" && look());
    event.preventDefault();
    const place = active + steps[event.key];
    select(place < -1 ? held.length - 1 : place >= held.length ? -1 : place);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    choose(held[active]);
  } else if (event.key === "Escape" && held.length) {
    event.preventDefault(); // the first press closes the list, the second empties the box
    close();
  }
});

form.addEventListener("submit", close);
box.addEventListener("blur", close);
list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
list.addEventListener("click", (event) => {
  const one = event.target.closest('[role="option"]');
  if (one) choose(one);
});
