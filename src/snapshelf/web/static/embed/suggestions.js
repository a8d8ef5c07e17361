// Suggestions under a field, as the combobox pattern of the ARIA practices has them.
import { make } from "../store/dom.js";

const WAIT = 120; // milliseconds after a key before the server is asked

export class Suggestions {
  /** input: the field; ask: words → suggestions; chosen: called when one was put into the field. */
  constructor(input, ask, chosen) {
    Object.assign(this, { input, ask, chosen, at: -1, asked: 0 });
    this.list = make("ul", { part: "suggestions", class: "suggestions", role: "listbox", id: "suggestions", hidden: true,
      "aria-label": "Suggestions" });
    const states = { role: "combobox", "aria-autocomplete": "list", "aria-controls": "suggestions", "aria-expanded": "false" };
    for (const [name, value] of Object.entries(states)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(option);
    });
  }

  typed() {
    clearTimeout(this.timer);
    const words = this.input.value.trim(), turn = ++this.asked;
    if (!words) return this.close();
    this.timer = setTimeout(async () => {
      const found = await this.ask(words).catch(() => []);
      if (turn === this.asked && this.input.matches(":focus")) this.show(found);
    }, WAIT);
    return undefined;
  }

  show(found) {
    this.at = -1;
    this.list.replaceChildren(...found.map((one, n) => make("li", { role: "option", part: "suggestion", id: `suggestion-${n}`,
      "aria-selected": "false", "data-text": one.text }, ...stressed(one))));
    this.open(found.length > 0);
  }

  press(event) {
    const options = [...this.list.children];
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      const ring = options.length + 1; // one place is the field itself
      this.at = ((this.at + 1 + (event.key === "ArrowDown" ? 1 : ring - 1)) % ring) - 1;
      this.open(true);
      options.forEach((option, n) => option.setAttribute("aria-selected", String(n === this.at)));
      if (this.at < 0) this.input.removeAttribute("aria-activedescendant");
      else this.input.setAttribute("aria-activedescendant", options[this.at].id);
    } else if (event.key === "Enter" && this.at >= 0 && !this.list.hidden) {
      event.preventDefault();
      this.take(options[this.at]);
    }
  }

  take(option) {
    this.input.value = option.dataset.text;
    this.close();
    this.chosen();
  }

  close() {
    clearTimeout(this.timer);
    this.asked++;
    this.at = -1;
    this.open(false);
  }

  open(on) {
    this.list.hidden = !on;
    this.input.setAttribute("aria-expanded", String(on));
    if (!on) this.input.removeAttribute("aria-activedescendant");
  }
}

/** The text, with the characters that were typed stressed. */
function stressed({ text, spans = [] }) {
  const letters = [...text], pieces = []; // by character, as the server counts them
  let end = 0;
  for (const [from, to] of spans) {
    pieces.push(letters.slice(end, from).join(""), make("b", {}, letters.slice(from, to).join("")));
    end = to;
  }
  return [...pieces, letters.slice(end).join("")];
}
