// What this device keeps for whoever is signed in: papers (reports begun or not sent yet), each sealed with a key that
// only the pages of that person bring along. Whoever signs in next finds another key and nothing to open with it.

const KEPT_MS = 14 * 24 * 3600 * 1000;
const news = new BroadcastChannel("allclear");

// A database of this device, as what acts on one of its stores, which are given with the names of their keys.
export function stores(name, keys) {
  let opened;
  const database = () =>
    new Promise((done, fail) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        for (const [store, keyPath] of Object.entries(keys)) request.result.createObjectStore(store, { keyPath });
      };
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
  return async (store, mode, act) => {
    const transaction = (await (opened ??= database())).transaction(store, mode);
    const request = act(transaction.objectStore(store));
    return new Promise((done, fail) => {
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => fail(transaction.error);
    });
  };
}

const run = stores("allclear", { keys: "person", papers: "id", photos: "id" });

// The person whose papers can be opened here, with the key; nobody after signing out.
export async function holder() {
  return (await run("keys", "readonly", (keys) => keys.getAll()))[0];
}

export async function arrive(person, secret) {
  const before = await holder();
  if (before?.person === person) return before;
  const raw = Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  const now = { person, key };
  await run("keys", "readwrite", (keys) => {
    keys.clear();
    return keys.put(now);
  });
  return now;
}

// In one transaction: a page and the service worker may note at once, and neither may undo what the other noted.
export function note(what) {
  return run("keys", "readwrite", (keys) => {
    const asked = keys.getAll();
    asked.onsuccess = () => asked.result.length && keys.put({ ...asked.result[0], ...what });
    return asked;
  });
}

export function leave() {
  return run("keys", "readwrite", (keys) => keys.clear());
}

export async function seal(key, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

function unseal(key, { iv, sealed }) {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
}

export async function read(me, { id, person, at, ...closed }) {
  if (person !== me.person) return [];
  try {
    return [{ id, person, at, ...JSON.parse(new TextDecoder().decode(await unseal(me.key, closed))) }];
  } catch {
    return [];
  }
}

// The papers of the person who is here, the newest first.
export async function papers() {
  const me = await holder();
  if (!me) return [];
  const rows = await run("papers", "readonly", (all) => all.getAll());
  const mine = (await Promise.all(rows.map((row) => read(me, row)))).flat();
  return mine.sort((one, other) => other.at - one.at);
}

// A paper is {id, person, state, title, fields, photos, errors}; its id is the token by which the report arrives once.
// What is said of a round is one with the address `to` which it goes.
export async function keep({ id, person, at, ...open }) {
  const me = await holder();
  if (me?.person !== person) throw new Error("somebody else is here");
  const closed = await seal(me.key, new TextEncoder().encode(JSON.stringify(open)));
  await run("papers", "readwrite", (all) => all.put({ id, person, at: Date.now(), ...closed }));
}

export async function drop(id) {
  await run("papers", "readwrite", (all) => all.delete(id));
  await run("photos", "readwrite", (all) => all.delete(IDBKeyRange.bound(`${id}/`, `${id}/\uffff`)));
}

// The bytes of a photo, sealed as its paper is; its id begins with that of the paper.
export async function photoKeep(id, bytes) {
  const closed = await seal((await holder()).key, bytes);
  await run("photos", "readwrite", (all) => all.put({ id, ...closed }));
}

export async function photoRead(id) {
  const row = await run("photos", "readonly", (all) => all.get(id));
  return row && unseal((await holder()).key, row);
}

export function photoDrop(id) {
  return run("photos", "readwrite", (all) => all.delete(id));
}

// Nothing stays for ever, whoever it belongs to.
export async function prune() {
  const rows = await run("papers", "readonly", (all) => all.getAll());
  for (const { id, at } of rows) if (!(Date.now() - at < KEPT_MS)) await drop(id);
}

export function tell(what) {
  news.postMessage(what);
}

export function listen(hear) {
  new BroadcastChannel("allclear").addEventListener("message", (event) => hear(event.data));
}
