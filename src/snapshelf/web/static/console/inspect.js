// The inspector without reloads: what is set is asked at once; the address follows where the query is words alone.
import { later, say, swap } from './console.js';

const form = document.getElementById('inspect');
const place = document.getElementById('answer');
const photo = document.getElementById('photo');
form.querySelector('[data-plain]').hidden = true;

let latest = 0;
async function compare() {
  const sent = new FormData(form);
  const pictured = photo.files.length > 0;
  if (!pictured && !sent.get('q').trim()) return;
  const asked = ++latest;
  const words = new URLSearchParams([...sent].filter(([name]) => name !== 'photo'));
  const address = pictured ? form.action : `${form.action}?${words}`;
  if (!pictured) history.replaceState(null, '', address);
  const holder = document.createElement('div');
  place.setAttribute('aria-busy', 'true');
  try {
    await swap(holder, address, { fragment: 'answer', ...(pictured ? { method: 'POST', body: sent } : {}) });
    if (asked !== latest) return; // a later question has been asked meanwhile
    place.replaceChildren(...holder.childNodes);
    say([...place.querySelectorAll('h2, [role=alert]')].map((one) => one.textContent.trim()).join('. '));
  } catch (error) {
    say(`The server could not be reached: ${error.message}`);
  } finally {
    if (asked === latest) place.removeAttribute('aria-busy');
  }
}

form.addEventListener('submit', (event) => { event.preventDefault(); compare(); });
const soon = later(compare, 250);
form.addEventListener('input', (event) => {
  if (event.target.type === 'range') form.querySelector(`output[for="${event.target.id}"]`).value = Number(event.target.value).toFixed(1);
  if (event.target.matches('[type=range]')) soon();
});
form.addEventListener('change', (event) => { if (event.target.matches('select, [type=checkbox], [type=file]')) soon(); });
