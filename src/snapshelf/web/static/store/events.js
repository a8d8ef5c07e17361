/* What shoppers see and click, by the names of User Behavior Insights, sent to the shop's own server and nobody else.

   An id that joins one visit to the next is made by chance and kept in this browser; where the browser says that it does
   not want to be followed (Global Privacy Control), there is none. */
const QUIET = navigator.globalPrivacyControl === true;
const SEEN = 0.5; // share of a card that must have been on the screen
const waiting = [];
const seen = new WeakSet();
let timer = 0;

function client() {
  if (QUIET) return undefined;
  try {
    const held = localStorage.getItem("snapshelf-client") ?? crypto.randomUUID();
    localStorage.setItem("snapshelf-client", held);
    return held;
  } catch {
    return undefined; // a browser that keeps nothing
  }
}

export function tell(action, sku, from = {}) {
  const { query, rank, words } = from;
  waiting.push({
    action_name: action,
    timestamp: new Date().toISOString(),
    query_id: query || undefined,
    client_id: client(),
    user_query: words || undefined,
    event_attributes: {
      object: { object_id: sku },
      position: rank > 0 ? { ordinal: rank } : undefined,
    },
  });
  clearTimeout(timer);
  timer = setTimeout(send, action === "impression" ? 1000 : 0);
}

function send() {
  clearTimeout(timer);
  const some = waiting.splice(0, 100);
  if (!some.length) return;
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset.formToken };
  fetch("/events", { method: "POST", keepalive: true, headers, body: JSON.stringify(some) }).catch(() => {});
  if (waiting.length) send();
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      tell("impression", target.dataset.sku, from(target));
    }
  },
  { threshold: SEEN },
);

function from(card) {
  const { queryId, words } = card.closest("[data-query-id]")?.dataset ?? {};
  return { query: queryId, rank: Number(card.dataset.rank), words };
}

/* Count the cards in here once they are seen. */
export function watch(place) {
  for (const card of place.querySelectorAll("[data-query-id] .card[data-sku]")) {
    if (seen.has(card)) continue;
    seen.add(card);
    watcher.observe(card);
  }
}

function clicked(event) {
  const card = event.target.closest("a.title")?.closest(".card");
  if (!card || event.button > 1) return;
  const { sku } = card.dataset;
  try {
    sessionStorage.setItem(`snapshelf-from-${sku}`, JSON.stringify(from(card)));
  } catch {
    // then a purchase is not joined to its search
  }
  tell("click", sku, from(card));
  send();
}

document.addEventListener("click", clicked, true);
document.addEventListener("auxclick", clicked, true);
addEventListener("pagehide", send);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
