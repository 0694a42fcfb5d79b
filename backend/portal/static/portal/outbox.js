// Sending what waits on this device, from a page or from the service worker: one at a time, and by its token once.

import { drop, keep, note, papers, photoDrop, photoRead, tell } from "./device.js";
import { Refused, sendFile } from "./uploads.js";

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
  const waited = Math.max(0, Math.round((Date.now() - paper.at) / 1000));
  const answer = await ask(paper.to ?? "/report", {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrf },
    body: new URLSearchParams([...paper.fields, ["writer", person], ["waited", waited]]),
  });
  if (answer.type === "opaqueredirect") return { signIn: true };
  if (isLater(answer)) throw new Error(`${answer.status}`);
  const isKnown = answer.headers.get("Content-Type")?.startsWith("application/json");
  const said = isKnown ? await answer.json() : {};
  return answer.ok ? { address: said.address } : { errors: said.errors ?? [] };
}

// The report has arrived; of its paper only the photos are left.
function follow({ errors, ...paper }, address) {
  return paper.photos?.length ? keep({ ...paper, state: "photos", fields: [], address }) : drop(paper.id);
}

// The page that sends may be left before it can say so: unless its writer waits for this very paper, the next one says it.
async function settle(paper, first) {
  const outcome = await send(paper);
  const news = paper.to ? { said: outcome.address, title: paper.title } : { address: outcome.address };
  if (outcome.address && paper.id !== first) await note(news);
  if (outcome.address) await follow(paper, outcome.address);
  else if (outcome.errors) await keep({ ...paper, state: "refused", errors: outcome.errors });
  tell({ id: paper.id, ...(outcome.address ? news : outcome) });
  return outcome;
}

// The round or the gate of a paper: what is said of one arrives in the order in which it was said.
function about({ to }) {
  return to?.split("/", 3).join("/");
}

// Send everything that waits, what is about the same as `first` before the rest; return what became of each. The first that finds no connection
// ends it, with {later}.
export function sendReports(first) {
  return navigator.locks.request("outbox", async () => {
    const outcomes = {};
    const waiting = (await papers()).filter((paper) => paper.state === "waiting");
    const now = waiting.find(({ id }) => id === first);
    const isNow = (paper) => paper === now || Boolean(now?.to && about(paper) === about(now));
    waiting.sort((one, other) => isNow(other) - isNow(one) || one.at - other.at);
    try {
      for (const paper of waiting) {
        outcomes[paper.id] = await settle(paper, first);
        if (outcomes[paper.id].signIn) break;
      }
    } catch {
      outcomes.later = true;
    }
    return outcomes;
  });
}

async function photoSend(photo, address, csrf) {
  const bytes = await photoRead(photo.id);
  const to = `/api/v1${new URL(address, location.href).pathname}`;
  try {
    if (bytes) await sendFile({ to, name: photo.name, blob: new Blob([bytes]), csrf, key: photo.id.split("/")[1] });
  } catch (error) {
    if (!(error instanceof Refused) || [401, 403].includes(error.status)) throw error;
    return `${photo.name}: ${error.message}`;
  }
  return "";
}

async function photosOf(paper, csrf) {
  const errors = paper.errors ?? [];
  for (const photo of paper.photos) {
    const why = await photoSend(photo, paper.address, csrf);
    if (why) errors.push(why);
    await photoDrop(photo.id);
    if (!(await papers()).some(({ id }) => id === paper.id)) return;
    const photos = paper.photos.slice(paper.photos.indexOf(photo) + 1);
    await keep({ ...paper, photos, errors });
    tell({ left: photos.length });
  }
  if (!errors.length) await drop(paper.id);
  await note({ photos: paper.address });
  tell({ photos: paper.address });
}

// Send the photos of reports that have arrived; of each only the parts that are not there yet.
function sendPhotos() {
  return navigator.locks.request("photos", { ifAvailable: true }, async (lock) => {
    const left = lock ? (await papers()).filter(({ state, photos }) => state === "photos" && photos.length) : [];
    if (!left.length) return;
    const { person, csrf } = await (await ask("/report/session")).json();
    for (const paper of left) if (paper.person === person) await photosOf(paper, csrf);
  });
}

// Reports first, then their photos; {later} where the connection broke off.
export async function sendAll() {
  const outcomes = await sendReports();
  try {
    await sendPhotos();
  } catch {
    outcomes.later = true;
  }
  return outcomes;
}

// Take a paper back to go on writing it, unless it went out meanwhile.
export function take(id) {
  return navigator.locks.request("outbox", async () => {
    const paper = (await papers()).find((one) => one.id === id);
    if (paper) await keep({ ...paper, state: "draft" });
    return paper;
  });
}
