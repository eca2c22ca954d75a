// The practice room's interface, and whether the server is there at all.

const ROOT = "/practice/api";

export class Refused extends Error {
  constructor(status, key, text) {
    super(text || key || String(status));
    this.status = status; // 0: the server was not reached
    this.key = key;
    this.text = text;
  }
}

export function newId() {
  if (globalThis.crypto?.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const listeners = new Set();
let reachable = true;
export const onReach = (listener) => listeners.add(listener);

function reach(now) {
  if (now === reachable) return;
  reachable = now;
  for (const listener of listeners) listener(now);
}

async function request(path, { body, signal, seconds = 60 } = {}) {
  const control = new AbortController();
  const stop = () => control.abort();
  signal?.addEventListener("abort", stop);
  const timer = setTimeout(stop, seconds * 1000);
  try {
    const options = { signal: control.signal, cache: "no-store", headers: { Accept: "application/json" } };
    if (body !== undefined) {
      options.method = "POST";
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    let answer;
    try {
      answer = await fetch(path, options);
    } catch {
      if (!signal?.aborted) reach(false);
      throw new Refused(0, "network");
    }
    const said = await answer.json().catch(() => null);
    if (!answer.ok) {
      if (answer.status >= 502) reach(false);
      throw new Refused(answer.status, said?.error?.key, said?.error?.text);
    }
    reach(true);
    if (said === null) throw new Refused(0, "network");
    return said;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

const chatPath = (chat, after, wait) => `${ROOT}/chats/${encodeURIComponent(chat)}/messages?after=${after}&wait=${wait}`;

export const people = () => request(`${ROOT}/people`, { seconds: 15 });
export const chats = () => request(`${ROOT}/chats`, { seconds: 15 });
export const latest = () => request(`${ROOT}/latest`, { seconds: 10 });
export const clock = () => request(`${ROOT}/clock`, { seconds: 10 });
export const advance = (by) => request(`${ROOT}/clock`, { body: { advance: by }, seconds: 600 });
export const areas = () => request(`${ROOT}/areas`, { seconds: 15 });
export const events = async (person) => (await request(`${ROOT}/events?person=${encodeURIComponent(person)}`, { seconds: 15 })).events;
export const messages = (chat, after) => request(chatPath(chat, after, 0), { seconds: 20 });
export const say = (message) => request(`${ROOT}/messages`, { body: message, seconds: 120 });
export const press = (body) => request(`${ROOT}/press`, { body, seconds: 120 });
export const screen = (area) => request(`/screen/${encodeURIComponent(area)}/state`, { seconds: 15 });

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      listeners.delete(back);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const back = (now) => now && done();
    const timer = setTimeout(done, milliseconds);
    listeners.add(back);
    signal.addEventListener("abort", done);
  });
}

/** Long-poll a chat until `signal` aborts. `after()` is the last seq known; waits longer and longer while the server is away. */
export async function follow(chat, after, take, signal) {
  let wait = 0;
  while (!signal.aborted) {
    const began = Date.now();
    try {
      const answer = await request(chatPath(chat, after(), 25), { signal, seconds: 45 });
      if (signal.aborted) return;
      take(answer.messages ?? []);
      wait = 0;
      if (!answer.messages?.length && Date.now() - began < 1000) await pause(1000, signal);
    } catch (error) {
      if (signal.aborted) return;
      wait = Math.min(15000, wait ? wait * 2 : 800);
      await pause(error.status === 404 ? 5000 : wait * (0.8 + Math.random() * 0.4), signal);
    }
  }
}
