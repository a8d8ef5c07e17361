// How the box looks. A page sets the properties that begin with --snap-, or styles its ::part()s.

const CSS = `
:host {
  --accent: var(--snap-accent, light-dark(#14614a, #7fd6b1));
  --accent-fg: var(--snap-accent-fg, light-dark(#fff, #08271c));
  --bg: var(--snap-bg, light-dark(#fff, #121514));
  --raised: var(--snap-raised, light-dark(#fff, #1e2421));
  --surface: var(--snap-surface, light-dark(#f5f6f3, #1b201e));
  --fg: var(--snap-fg, light-dark(#1a1d1b, #eef1ef));
  --muted: var(--snap-muted, color-mix(in srgb, currentcolor 75%, transparent));
  --line: var(--snap-line, light-dark(#dfe3df, #323a36));
  --field-line: var(--snap-field-line, light-dark(#7c857f, #7f8a84));
  --bad: var(--snap-bad, light-dark(#a4262c, #ff9d99));
  --radius: var(--snap-radius, .75rem);
  display: block;
  container-type: inline-size;
  color: var(--snap-fg, inherit);
  font-family: var(--snap-font, inherit);
  font-size: 1rem;
  line-height: 1.5;
  text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
button, input { font: inherit; color: inherit; }
button { cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
form[role=search] {
  display: flex; align-items: center; gap: .25rem; padding: .25rem .25rem .25rem 1rem;
  border: 1px solid var(--field-line); border-radius: 2rem; background: var(--bg); color: var(--fg);
}
form[role=search]:focus-within { border-color: var(--accent); box-shadow: 0 0 0 2px var(--accent); }
.field { flex: 1; min-inline-size: 0; }
input[type=search] {
  inline-size: 100%; min-block-size: 2.75rem; padding: 0; border: 0; outline: 0; background: none; appearance: none;
}
input::placeholder { color: var(--muted); opacity: 1; }
.tool, .go {
  display: grid; place-items: center; flex: none; inline-size: 2.75rem; block-size: 2.75rem; padding: 0; border: 0;
  border-radius: 50%; background: none; color: var(--muted);
}
.tool:hover { color: var(--accent); background: var(--surface); }
.go { background: var(--accent); color: var(--accent-fg); }
form[role=search] { position: relative; }
.suggestions {
  position: absolute; inset: calc(100% + .375rem) 0 auto; z-index: 10; margin: 0; padding: .375rem; list-style: none;
  border: 1px solid var(--line); border-radius: var(--radius); background: var(--raised);
  box-shadow: 0 8px 28px rgb(0 0 0 / 18%);
}
.suggestions li { padding: .5rem .75rem; border-radius: calc(var(--radius) - .25rem); cursor: pointer; }
.suggestions b { font-weight: 600; }
.suggestions li:hover, .suggestions li[aria-selected=true] { background: var(--surface); }
.photo { position: relative; inline-size: 3.5rem; margin-block-start: .75rem; }
.photo img { display: block; object-fit: cover; border-radius: var(--radius); border: 1px solid var(--line); }
.remove {
  position: absolute; inset: -.5rem -.5rem auto auto; display: grid; place-items: center; inline-size: 1.5rem;
  block-size: 1.5rem; padding: .25rem; border: 1px solid var(--line); border-radius: 50%; background: var(--raised); color: var(--fg);
}
.remove svg { inline-size: 100%; block-size: 100%; }
.status { margin: .75rem 0; min-block-size: 1.5em; color: var(--muted); font-size: .9375rem; }
.grid {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(9.5rem, 100%), 1fr)); gap: 1.25rem 1rem; margin: 0;
  padding: 0; list-style: none;
}
form[aria-busy] ~ .grid { opacity: .55; transition: opacity .15s .15s; }
.card { display: flex; flex-direction: column; gap: .125rem; color: inherit; text-decoration: none; }
.picture { display: block; margin-block-end: .375rem; overflow: hidden; border-radius: var(--radius); background: #f5f6f3; }
.picture > * { display: block; inline-size: 100%; block-size: auto; aspect-ratio: 1; object-fit: contain; }
.card:hover .title { text-decoration: underline; text-underline-offset: .15em; }
.title { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; }
.brand, .label, .stock { color: var(--muted); font-size: .8125rem; }
.stock { color: var(--bad); }
.price { font-weight: 600; }
.more {
  display: block; min-block-size: 2.75rem; margin: 1.5rem auto 0; padding: .5rem 1.5rem; border: 1px solid var(--field-line);
  border-radius: 2rem; background: none; font-weight: 600;
}
.privacy { margin-block-start: 1rem; font-size: .875rem; }
.snap-link {
  display: inline-flex; align-items: center; gap: .375rem; min-block-size: 1.75rem; padding: 0; border: 0; background: none;
  color: var(--muted); text-decoration: underline;
}
.snap-link svg { inline-size: 1.125rem; block-size: 1.125rem; }
.snap-dialog {
  inline-size: min(30rem, calc(100vw - 2rem)); padding: 1.5rem; border: 0; border-radius: calc(1.25 * var(--radius));
  background: var(--raised); color: var(--fg); box-shadow: 0 8px 40px rgb(0 0 0 / 30%);
}
.snap-dialog::backdrop { background: rgb(10 15 12 / 55%); }
.snap-dialog h2 { margin: 0 0 .75rem; font-size: 1.25rem; line-height: 1.3; }
.snap-dialog p { margin: 0 0 .75rem; }
.snap-actions { display: flex; flex-wrap: wrap; gap: .625rem; margin-block-start: 1.25rem; }
.snap-main, .snap-other {
  min-block-size: 2.75rem; padding: .5rem 1.125rem; border: 1px solid transparent; border-radius: var(--radius);
  font-weight: 600;
}
.snap-main { background: var(--accent); color: var(--accent-fg); }
.snap-other { border-color: var(--field-line); background: none; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;

let made;

/** One sheet for all boxes of a page. A constructed one, so that the page's own policy for styles does not matter. */
export function sheet() {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(CSS);
  }
  return made;
}
