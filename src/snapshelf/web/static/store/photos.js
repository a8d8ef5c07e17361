// The photos that this browser remembers, so that an address with a photo in it can be opened again on this device.

const NAME = "snapshelf", STORE = "photos";
export const MOST = 20;
const here = new Map(); // where the browser stores nothing: as long as the page is open

/** Keep `{blob, width, height, name}`; returns its id, the same for the same bytes. */
export async function keep(photo) {
  const id = await idOf(photo.blob);
  const kept = { ...photo, id, at: Date.now() };
  here.set(id, kept);
  try {
    const all = await inStore("readwrite", (store) => {
      store.put(kept);
      return store.getAll();
    });
    const old = all.sort((one, other) => other.at - one.at).slice(MOST);
    if (old.length) await inStore("readwrite", (store) => old.forEach((one) => store.delete(one.id)));
  } catch {
    // Searching goes on; only going back to it later does not.
  }
  return id;
}

/** The photo with an id, or null where this browser has it no longer, or never had. */
export async function find(id) {
  if (here.has(id)) return here.get(id);
  try {
    return (await inStore("readonly", (store) => store.get(id))) ?? null;
  } catch {
    return null;
  }
}

/** Forget them all. */
export async function clear() {
  here.clear();
  try {
    await inStore("readwrite", (store) => store.clear());
  } catch {
    // There is no store, and so nothing in it.
  }
}

async function idOf(blob) {
  if (!crypto.subtle) return [...crypto.getRandomValues(new Uint8Array(6))].map(hex).join(""); // a page without https
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest).slice(0, 6)].map(hex).join("");
}

function hex(byte) {
  return byte.toString(16).padStart(2, "0");
}

/** What the request gives that `work` makes, once the whole transaction is written. */
async function inStore(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}
