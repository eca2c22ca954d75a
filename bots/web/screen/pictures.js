// The last state and the pictures it names, and no others: in memory for turning through them, and in the browser's cache, where
// it has one, for a start without network. Names of pictures are digests: the same name is the same picture.

const held = new Map(); // address -> object URL
const coming = new Map(); // address -> the promise of one
let wanted = new Set();
let home = "";
let disk = Promise.resolve(null);

export function settle(address) {
  home = address;
  disk = "caches" in self ? caches.open(`screen:${home}`).catch(() => null) : Promise.resolve(null); // none over plain http
}

/** These are shown from now on: let go of every other. */
export function want(addresses) {
  wanted = new Set(addresses);
  for (const [address, url] of held) {
    if (!wanted.has(address)) { URL.revokeObjectURL(url); held.delete(address); }
  }
}

/** Keep this state, which came at that time, and the wanted pictures for a start without network, and nothing else of what was kept before. */
export async function keep(state, at) {
  const addresses = [...wanted];
  const store = await disk;
  try {
    const body = JSON.stringify({ at, state });
    await store?.put(`${home}/state`, new Response(body, { headers: { "Content-Type": "application/json" } }));
    for (const request of await store?.keys() ?? []) {
      const { pathname } = new URL(request.url);
      if (pathname !== `${home}/state` && !wanted.has(pathname)) await store.delete(request);
    }
  } catch { /* a full disk: then the screen starts empty without network, and shows what it has meanwhile */ }
  for (const address of addresses) if (wanted.has(address)) await url(address); // one at a time: a screen is in no hurry
}

/** What was kept last, {at, state}; null when nothing was. */
export async function kept() {
  const found = await (await disk)?.match(`${home}/state`);
  return found ? found.json() : null;
}

/** The picture, decoded and ready to hang; null when it cannot be had. */
export async function picture(address) {
  const source = await url(address);
  if (!source) return null;
  const image = new Image();
  image.alt = "";
  image.src = source;
  try { await image.decode(); } catch { return null; }
  return image;
}

function url(address) {
  if (held.has(address)) return held.get(address);
  if (!coming.has(address)) coming.set(address, fetched(address).finally(() => coming.delete(address)));
  return coming.get(address);
}

async function fetched(address) {
  const blob = await bytes(address);
  if (!blob || !wanted.has(address)) return null; // not to be had, or withdrawn meanwhile
  held.set(address, URL.createObjectURL(blob));
  return held.get(address);
}

async function bytes(address) {
  if (!address.startsWith(`${home}/media/`)) return null;
  const store = await disk;
  const found = await store?.match(address);
  if (found) return found.blob();
  try {
    const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(15e3) });
    if (!answer.ok) return null;
    const blob = await answer.blob();
    if (wanted.has(address)) await store?.put(address, new Response(blob)).catch(() => {});
    return blob;
  } catch {
    return null; // asked for again when its turn comes
  }
}
