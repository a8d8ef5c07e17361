// Judging by keyboard: every grade is sent at once, and marked only when the server has kept it.
import { ask, say } from './console.js';

const list = document.getElementById('cards');
const cards = [...(list?.children ?? [])];
const count = document.getElementById('count');
const next = document.getElementById('next');
const order = cards.filter((card) => card.dataset.grade !== ''); // graded, in the order given; u takes the last back
let at = Math.max(0, cards.findIndex((card) => card.dataset.grade === ''));
const title = (card) => card.querySelector('.title').textContent;

function go(to) {
  if (to < 0 || to >= cards.length) return;
  cards[at]?.classList.remove('now');
  at = to;
  cards[at].classList.add('now');
  cards[at].focus({ preventScroll: true });
  cards[at].scrollIntoView({ block: 'nearest' });
}

function mark(card, grade) {
  card.dataset.grade = grade;
  for (const button of card.querySelectorAll('[name=grade]')) button.setAttribute('aria-pressed', String(button.value === String(grade)));
  card.querySelector('.undo').hidden = grade === '';
  const done = cards.filter((one) => one.dataset.grade !== '').length;
  count.textContent = `${done} of ${cards.length} graded`;
}

async function send(card, grade) {
  const form = card.querySelector('form');
  const given = new URLSearchParams(new FormData(form));
  if (grade !== '') given.set('grade', grade);
  try {
    await ask(grade === '' ? '/console/judge/undo' : form.action, { method: 'POST', body: given });
  } catch (error) {
    say(`Not kept: ${error.message}`);
    card.classList.add('failed');
    return false;
  }
  card.classList.remove('failed');
  mark(card, grade);
  return true;
}

async function grade(card, value) {
  if (!(await send(card, value))) return;
  order.push(card);
  say(`${title(card)}: ${value}. ${count.textContent}`);
  const open = cards.findIndex((one, n) => n > cards.indexOf(card) && one.dataset.grade === '');
  const any = open < 0 ? cards.findIndex((one) => one.dataset.grade === '') : open;
  if (any >= 0) go(any);
  else say(`All ${cards.length} are graded.${next ? ' Press n for the next query.' : ''}`);
}

async function takeBack(card) {
  if (!card || card.dataset.grade === '' || !(await send(card, ''))) return;
  go(cards.indexOf(card));
  say(`Taken back: ${title(card)}`);
}

list?.addEventListener('submit', (event) => {
  event.preventDefault();
  const card = event.target.closest('.card');
  if (event.submitter.classList.contains('undo')) takeBack(card);
  else grade(card, event.submitter.value);
});
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step) { event.preventDefault(); go(at + step); }
  else if ('0123'.includes(event.key) && event.key.length === 1 && !event.repeat) grade(cards[at], event.key);
  else if (event.key === 'u') takeBack(order.pop());
  else if (event.key === 'n' && next) location.assign(next.href);
});
if (cards.length) cards[at].classList.add('now');
