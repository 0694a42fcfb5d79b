// The forms that open without a network: of the rounds asked of whoever is signed in, those of a route together, and of the
// gate. Each is kept as it came with its page, sealed as papers are; in a database of its own, which no page of an older version holds up.

import { holder, read, seal, stores } from "./device.js";

const KEPT_MS = 2 * 24 * 3600 * 1000;
const FRESH_MS = 3600 * 1000;
const run = stores("allclear-forms", { forms: "id" });

// What is kept for the person who is here: {id, title, html, at}, the id being the address of its page.
export async function forms() {
  const me = await holder();
  const rows = me ? await run("forms", "readonly", (all) => all.getAll()) : [];
  return (await Promise.all(rows.map((row) => read(me, row)))).flat();
}

export function formDrop(id) {
  return run("forms", "readwrite", (all) => all.delete(id));
}

async function fetched(address) {
  const answer = await fetch(address, { redirect: "error" });
  const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
  const form = page.querySelector("[data-opens]:not(a)");
  for (const field of form?.querySelectorAll("[name=csrfmiddlewaretoken]") ?? []) field.remove();
  for (const field of form?.querySelectorAll("[name=token]") ?? []) field.setAttribute("value", "");
  return form && { title: form.dataset.round, html: form.outerHTML };
}

async function formKeep({ person, key }, id) {
  const form = await fetched(id);
  if (!form) return;
  const closed = await seal(key, new TextEncoder().encode(JSON.stringify(form)));
  await run("forms", "readwrite", (all) => all.put({ id, person, at: Date.now(), ...closed }));
}

// Keep the forms of these pages, those that came a while ago anew, or all; none stays for long, whoever it belongs to.
export async function formsKeep(me, addresses, all = false) {
  const rows = await run("forms", "readonly", (all) => all.getAll());
  for (const { id, at } of rows) if (!(Date.now() - at < KEPT_MS)) await formDrop(id);
  const fresh = (await forms()).filter(({ at }) => Date.now() - at < FRESH_MS).map(({ id }) => id);
  for (const id of addresses) if (all || !fresh.includes(id)) await formKeep(me, id);
}
