// Sending what waits on this device, from a page or from the service worker: one at a time, and by its token once.

import { drop, keep, papers, tell } from "./device.js";

const PATIENCE_MS = 20000;
const LATER = new Set([408, 425, 429]);

function isLater({ status }) {
  return status >= 500 || LATER.has(status);
}

function ask(address, options) {
  return fetch(address, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS), ...options });
}

// What became of a paper: {address} of its receipt, the {errors} it was refused for, or {signIn}; no connection throws.
async function send(paper) {
  const here = await ask("/report/session");
  if (here.type === "opaqueredirect") return { signIn: true };
  if (isLater(here)) throw new Error(`${here.status}`);
  if (!here.ok) return { errors: [] };
  const { person, csrf } = await here.json();
  if (person !== paper.person) return { signIn: true };
  const answer = await ask("/report", {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrf },
    body: new URLSearchParams([...paper.fields, ["writer", person]]),
  });
  if (answer.type === "opaqueredirect") return { signIn: true };
  if (isLater(answer)) throw new Error(`${answer.status}`);
  const isKnown = answer.headers.get("Content-Type")?.startsWith("application/json");
  const said = isKnown ? await answer.json() : {};
  return answer.ok ? { address: said.address } : { errors: said.errors ?? [] };
}

async function settle(paper) {
  const outcome = await send(paper);
  if (outcome.address) await drop(paper.id);
  else if (outcome.errors) await keep({ ...paper, state: "refused", errors: outcome.errors });
  tell({ id: paper.id, ...outcome });
  return outcome;
}

// Send everything that waits, `first` before the rest; return what became of each. The first that finds no connection
// ends it, with {later}.
export function sendAll(first) {
  return navigator.locks.request("outbox", async () => {
    const outcomes = {};
    const waiting = (await papers()).filter((paper) => paper.state === "waiting");
    waiting.sort((one, other) => (other.id === first) - (one.id === first) || one.at - other.at);
    try {
      for (const paper of waiting) {
        outcomes[paper.id] = await settle(paper);
        if (outcomes[paper.id].signIn) break;
      }
    } catch {
      outcomes.later = true;
    }
    return outcomes;
  });
}

// Take a paper back to go on writing it, unless it went out meanwhile.
export function take(id) {
  return navigator.locks.request("outbox", async () => {
    const paper = (await papers()).find((one) => one.id === id);
    if (paper) await keep({ ...paper, state: "draft" });
    return paper;
  });
}
