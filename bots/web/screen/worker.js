// Lets the screen start without network: keeps the page itself, its scripts and its style. What it shows is kept by pictures.js.

const SHELL = "screen-shell";
const PARTS = ["screen.css", "screen.js", "live.js", "pictures.js", "stage.js", "words.js", "icon.svg"].map((name) => `/screen/static/${name}`);
const PAGE = /^\/screen\/[^/]+\/?$/;

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(PARTS)));
});

addEventListener("activate", (event) => event.waitUntil(start()));

/** Take over the screen that is open, and keep its page, which came before there was a worker. */
async function start() {
  await clients.claim();
  const shell = await caches.open(SHELL);
  for (const { url } of await clients.matchAll()) {
    const { pathname } = new URL(url);
    if (PAGE.test(pathname)) await shell.add(pathname);
  }
}

addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  const ours = event.request.mode === "navigate" ? PAGE.test(pathname) : PARTS.includes(pathname);
  if (ours && event.request.method === "GET") event.respondWith(freshest(event.request, pathname));
});

/** From the server, and without one what it said last. */
async function freshest(request, pathname) {
  const shell = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (answer.ok) await shell.put(pathname, answer.clone());
    return answer;
  } catch (error) {
    const kept = await shell.match(pathname);
    if (kept) return kept;
    throw error;
  }
}
