// Sends photos and documents in parts, each again until it has arrived, so that a poor network costs time and nothing
// else; photos are made smaller first.

const PATIENCE_MS = 20000;
const TRIES = 5;
const PAUSE_MS = 1500;
const LONGEST_SIDE = 2400;
const SMALL_ENOUGH = 600000;
const LATER = new Set([408, 425, 429]);

const pause = (time) => new Promise((done) => setTimeout(done, time));
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const safe = (name) => name.replace(/[\p{C}\p{Zl}\p{Zp}/\\]/gu, " ").trim().slice(-120) || "file";

async function ask(address, options) {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS), ...options });
      if (answer.ok) return answer;
      if (answer.status < 500 && !LATER.has(answer.status)) throw new Refused(answer.status, (await answer.json()).detail);
    } catch (error) {
      if (error instanceof Refused || !left) throw error;
    }
    if (!left) throw new Error(address);
    await pause(PAUSE_MS * (TRIES - left));
  }
}

// What the server said no to; its words are for people.
export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

// A smaller copy of a photo; the file itself where that is none, or where this browser cannot read it.
export async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size < SMALL_ENOUGH) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const copy = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
    return copy.size < file.size ? copy : file;
  } catch {
    return file;
  }
}

// Send one file to a ticket or report of the API. `key` lets the announcement be repeated at any time.
export async function sendFile({ to, name, blob, purpose, csrf, key, tell = () => {} }) {
  const bytes = await blob.arrayBuffer();
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  const said = { name: safe(name), size: bytes.byteLength, sha256, ...(to.includes("/tickets/") && purpose && { purpose }) };
  const json = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  const begun = await ask(`${to}/files`, {
    method: "POST",
    headers: { ...json, "Idempotency-Key": key },
    body: JSON.stringify(said),
  });
  const { id, part_size: size, parts } = await begun.json();
  const { received, state } = await (await ask(`/api/v1/files/${id}`)).json();
  for (let number = 0; state === "receiving" && number < parts; number += 1) {
    tell(Math.round((100 * number) / parts));
    if (received.includes(number)) continue;
    await ask(`/api/v1/files/${id}/parts/${number}`, {
      method: "PUT",
      headers: { "Content-Type": "application/octet-stream", "X-CSRFToken": csrf },
      body: bytes.slice(number * size, (number + 1) * size),
    });
  }
  await ask(`/api/v1/files/${id}/complete`, { method: "POST", headers: { ...json, "Idempotency-Key": `${key}-end` } });
}
