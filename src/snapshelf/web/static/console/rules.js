// The rules' editor: line numbers, faults while writing, and a warning before unsaved work is left.
import { ask, later, token } from './console.js';

const form = document.getElementById('rules');
const text = document.getElementById('text');
const lines = form.querySelector('.lines');
const fault = document.getElementById('fault');
const first = text.value;
let sending = false;

function number() {
  const bad = Number(fault.dataset.line);
  const count = text.value.split('\n').length;
  lines.replaceChildren(...Array.from({ length: count }, (_, n) => {
    const line = document.createElement('span');
    line.textContent = `${n + 1}\n`;
    if (n + 1 === bad) line.className = 'wrong';
    return line;
  }));
  lines.scrollTop = text.scrollTop;
}

function tell({ said, line }) {
  fault.dataset.line = line;
  text.setAttribute('aria-invalid', String(Boolean(said)));
  const note = document.createElement(said ? 'div' : 'p');
  note.className = said ? 'note bad' : 'good-text';
  if (said) {
    const sentence = document.createElement('pre');
    sentence.textContent = (line ? `Line ${line}\n` : '') + said;
    note.append(sentence);
  } else note.textContent = 'These rules can be used.';
  fault.replaceChildren(note);
  number();
}

let latest = 0;
const check = later(async () => {
  const asked = ++latest;
  try {
    const found = await ask('/console/rules/check', { method: 'POST', body: new URLSearchParams({ text: text.value, csrf: token }) });
    if (asked === latest) tell(found);
  } catch (error) {
    if (asked === latest) tell({ said: error.message, line: 0 });
  }
}, 400);

lines.hidden = false;
number();
text.addEventListener('input', () => { number(); check(); });
text.addEventListener('scroll', () => { lines.scrollTop = text.scrollTop; });
form.addEventListener('submit', () => { sending = true; });
addEventListener('beforeunload', (event) => { if (!sending && text.value !== first) event.preventDefault(); });
