// The page in the place of one that needs a connection. What the device believes of its network comes early, late or not
// at all, so the page asks the server itself, by way of the service worker as pages do, and waits longer each time.

import { sendAll } from "./outbox.js";

const FIRST_MS = 1000;
const LONGEST_MS = 30000;
const PATIENCE_MS = 5000;
const { asks } = document.querySelector("[data-asks]").dataset;
let wait = FIRST_MS;
let timer;

async function isBack() {
  try {
    const answer = await fetch(asks, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.status === 200;
  } catch {
    return false;
  }
}

function show(back) {
  for (const words of document.querySelectorAll("[data-lost]")) words.hidden = back;
  for (const words of document.querySelectorAll("[data-back]")) words.hidden = !back;
}

async function look() {
  clearTimeout(timer);
  const back = await isBack();
  show(back);
  if (back) return sendAll();
  clearTimeout(timer);
  timer = setTimeout(look, wait);
  wait = Math.min(2 * wait, LONGEST_MS);
}

// A hint that something changed is worth asking at once.
function hinted() {
  wait = FIRST_MS;
  look().catch(() => {});
}
window.addEventListener("online", hinted);
window.addEventListener("offline", hinted);
document.addEventListener("visibilitychange", () => document.hidden || hinted());
hinted();
