// The stand-in's control interface, and whether the server is there at all.

const ROOT = "/standin/api";
const HOLD = 25; // seconds a long poll is held

export class Refused extends Error {
  constructor(status, key, text) {
    super(text || String(status));
    this.status = status; // 0: the server was not reached
    this.key = key;
    this.text = text;
  }
}

const listeners = new Set();
let reachable = true;
export const onReach = (listener) => listeners.add(listener);

function reach(now) {
  if (now === reachable) return;
  reachable = now;
  for (const listener of listeners) listener(now);
}

async function request(path, { body, signal, seconds = 20 } = {}) {
  const signals = [AbortSignal.timeout(seconds * 1000), ...(signal ? [signal] : [])];
  const options = { signal: AbortSignal.any(signals), cache: "no-store", headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer, told;
  try {
    answer = await fetch(`${ROOT}/${path}`, options);
    told = await answer.json();
  } catch {
    if (!signal?.aborted && (!answer || answer.ok)) reach(false);
    throw new Refused(answer && !answer.ok ? answer.status : 0);
  }
  reach(true);
  if (!answer.ok) throw new Refused(answer.status, told?.error?.key, told?.error?.text);
  return told;
}

export const getState = () => request("state");
export const say = (body) => request("say", { body, seconds: 60 });
export const press = (body) => request("press", { body });
export const start = (body) => request("start", { body });
export const members = (body) => request("members", { body });
export const faults = (body) => request("faults", { body });
export const clock = (body) => request("clock", { body, seconds: 600 });

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const done = () => { clearTimeout(timer); listeners.delete(back); signal.removeEventListener("abort", done); resolve(); };
    const back = (now) => { if (now) done(); };
    const timer = setTimeout(done, milliseconds);
    listeners.add(back);
    signal.addEventListener("abort", done);
  });
}

/**
 * Long-poll until `signal` aborts. `take(answer, afresh)` gives the number to go on from. The server forgets everything
 * when it restarts, so after a failure or its shutting down all is asked for again (`afresh`); it waits longer and longer while the server is away.
 */
async function follow(path, take, signal) {
  let after = 0;
  let afresh = true;
  let wait = 0;
  while (!signal.aborted) {
    const began = performance.now();
    try {
      const answer = await request(`${path}?after=${after}&wait=${afresh ? 0 : HOLD}`, { signal, seconds: HOLD + 15 });
      if (signal.aborted) return;
      const next = take(answer, afresh);
      const leaving = !afresh && next <= after && performance.now() - began < HOLD * 500; // nothing, and too soon: it shuts down
      [after, afresh, wait] = leaving ? [0, true, 0] : [next, false, 0];
      if (leaving) await pause(1000, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Refused)) throw error;
      [after, afresh, wait] = [0, true, Math.min(15000, wait * 2 || 500)];
      await pause(wait * (0.8 + Math.random() * 0.4), signal);
    }
  }
}

export const followMessages = (chat, take, signal) => follow(`chats/${chat}/messages`, take, signal);
export const followWire = (take, signal) => follow("wire", take, signal);
