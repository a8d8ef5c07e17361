// What every page of the console shares: sending a form without leaving the page, and saying what came of it.
export const token = document.querySelector('meta[name="csrf"]').content;
const said = document.getElementById('said');

export function say(text) {
  said.textContent = '';
  requestAnimationFrame(() => { said.textContent = text; });
}

// The answer's text; the way to the entrance when the session has ended. Throws an Error with the server's sentence.
export async function ask(address, { fragment = '', ...options } = {}) {
  const headers = { Accept: fragment ? 'text/html' : 'application/json', ...options.headers };
  if (fragment) headers['X-Fragment'] = fragment;
  if (options.method === 'POST') headers['X-CSRF-Token'] = token;
  const answer = await fetch(address, { ...options, headers, redirect: 'error' });
  if (answer.status === 401) location.assign(`/console/enter?next=${encodeURIComponent(location.pathname)}`);
  if (fragment) return answer.text();
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error.message);
  return body;
}

export async function swap(place, address, options) {
  place.setAttribute('aria-busy', 'true');
  try {
    place.innerHTML = await ask(address, options);
  } finally {
    place.removeAttribute('aria-busy');
  }
}

export function later(work, milliseconds) {
  let timer = 0;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), milliseconds); };
}

const current = document.querySelector('.pages [aria-current]');
if (current && matchMedia('(max-width: 60rem)').matches) {
  const list = current.closest('.pages');
  list.scrollLeft = current.offsetLeft - list.clientWidth / 2 + current.offsetWidth / 2;
}

// Forms that ask first: <form data-sure="Withdraw this consent?">
document.addEventListener('submit', (event) => {
  const question = event.target.dataset.sure;
  if (question && !confirm(question)) event.preventDefault();
});

// Parts that load themselves anew: <div data-refresh="2000" data-fragment="jobs">, until the attribute is gone.
for (const place of document.querySelectorAll('[data-refresh]')) {
  const again = async () => {
    if (!document.hidden) {
      const open = [...place.querySelectorAll('details')].map((one) => one.open);
      try { await swap(place, location.href, { fragment: place.dataset.fragment }); } catch { /* tried again */ }
      place.querySelectorAll('details').forEach((one, n) => { one.open ||= open[n]; });
    }
    if (place.querySelector('[data-running]')) setTimeout(again, Number(place.dataset.refresh));
    else if (place.dataset.done) say(place.dataset.done);
  };
  if (place.querySelector('[data-running]')) setTimeout(again, Number(place.dataset.refresh));
}
