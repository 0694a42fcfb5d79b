// Every page: whose papers this device opens, sending those that wait, and the list of them where a page has room for it.

import { arrive, holder, leave, listen, note, papers, prune } from "./device.js";

const REFRESH_MS = 6 * 3600 * 1000;
const SEEN_MS = 3000;
const here = document.body.dataset;

async function settleIn() {
  if ("signedOut" in here) {
    await leave();
    navigator.serviceWorker?.controller?.postMessage("leave");
  } else if (here.person) {
    // Not waited for: where workers are refused, this never ends.
    install(await arrive(here.person, here.key)).catch(() => {});
  }
  await prune();
}

// The service worker keeps the form of a report, anew for another person or language, and when it is some hours old.
async function install({ shell, shellAt }) {
  if (!here.worker) return;
  await navigator.serviceWorker.register(here.worker, { type: "module" });
  const { active } = await navigator.serviceWorker.ready;
  const wanted = `${here.person} ${document.documentElement.lang}`;
  if (shell === wanted && Date.now() - shellAt < REFRESH_MS) return;
  active.postMessage("refresh");
  await note({ shell: wanted, shellAt: Date.now() });
}

async function show() {
  const list = document.querySelector("[data-papers]");
  const mine = list ? await papers() : [];
  if (mine.length || (list && !list.hidden)) (await import("./waiting.js")).draw(list, mine);
}

// News of what waited: it has arrived, or goes out once somebody signs in. A page that is left at once was not read: the
// next one says it again.
function hear({ signIn, title, ...news }) {
  for (const kind of ["address", "said", "photos"]) {
    const arrived = news[kind] && document.querySelector(`[data-arrived="${kind}"]`);
    if (!arrived) continue;
    const link = arrived.querySelector("a");
    link.href = news[kind];
    if (kind === "said") link.textContent = title;
    arrived.hidden = false;
    setTimeout(() => note({ [kind]: "" }).catch(() => {}), SEEN_MS);
  }
  const ask = document.querySelector("[data-sign-in-first]");
  if (ask && signIn) ask.hidden = false;
  show().catch(() => {});
}

async function send() {
  if (!(await papers()).some(({ state }) => state === "waiting" || state === "photos")) return;
  const { sendAll } = await import("./outbox.js");
  await sendAll();
}

function online() {
  for (const words of document.querySelectorAll("[data-offline]")) words.hidden = navigator.onLine;
}

async function begin() {
  online();
  await settleIn().catch(() => {});
  const me = await holder();
  if (!me) return;
  listen(hear);
  hear(me);
  await show();
  await send();
}

window.addEventListener("online", () => send().catch(() => {}));
window.addEventListener("online", online);
window.addEventListener("offline", online);
document.addEventListener("visibilitychange", () => document.hidden || send().catch(() => {}));
// A browser that keeps nothing (an address without TLS, a private window) works as without all of this.
begin().catch(() => {});
