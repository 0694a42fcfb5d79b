// What is typed into the report form stays on this device from the first key until the report has arrived: under the
// person who typed it, with the form's token, so that sending it again is never a second report.

import { sendChosen } from "./files.js";

const PATIENCE_MS = 20000;
const form = document.querySelector("form[data-draft]");
const name = `report-draft:${form.dataset.draft}`;
const unsent = form.querySelector("[data-unsent]");
const restored = document.querySelector("[data-restored]");

function read() {
  try {
    return JSON.parse(localStorage.getItem(name))?.fields ?? null;
  } catch {
    return null;
  }
}

function keep() {
  const fields = [...new FormData(form)].filter(([field, value]) => field !== "csrfmiddlewaretoken" && typeof value === "string");
  try {
    localStorage.setItem(name, JSON.stringify({ at: Date.now(), fields }));
  } catch {
    // A browser that keeps nothing still sends.
  }
}

function forget() {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}

function restore(fields) {
  const values = new Map();
  for (const [field, value] of fields) values.set(field, [...(values.get(field) ?? []), value]);
  if ("scanned" in form.dataset) values.set("place", [form.elements.place.value]);
  for (const input of form.elements) {
    if (!input.name || input.name === "csrfmiddlewaretoken") continue;
    const kept = values.get(input.name) ?? [];
    if (["radio", "checkbox"].includes(input.type)) input.checked = kept.includes(input.value);
    else if (kept.length && input.type !== "file") input.value = kept[0];
  }
  const colleagues = form.querySelector("[data-colleagues]");
  for (const value of (colleagues && values.get("persons_concerned")) ?? []) {
    const stand = document.createElement("input");
    Object.assign(stand, { type: "hidden", name: "persons_concerned", value });
    colleagues.append(stand);
  }
  for (const details of form.querySelectorAll("details.field")) {
    const filled = [...details.querySelectorAll("input:not([type=search])")].some((input) =>
      input.type === "checkbox" ? input.checked : input.type === "hidden" || (input.value && input.value !== input.defaultValue),
    );
    if (filled) details.open = true;
  }
  restored.hidden = false;
  form.dispatchEvent(new CustomEvent("picked", { detail: { name: "draft" } }));
  form.elements.place.dispatchEvent(new Event("change", { bubbles: true }));
}

const draft = read();
if ("typed" in form.dataset) keep();
else if (draft) restore(draft);
form.addEventListener("input", keep);
form.addEventListener("change", (event) => {
  if (event.isTrusted || event.target.name === "category") keep();
});
form.addEventListener("picked", keep);
restored.querySelector("button").addEventListener("click", () => {
  forget();
  location.replace(location.pathname + location.search);
});

async function send() {
  const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout?.(PATIENCE_MS) });
  if (answer.status >= 500) throw new Error(`${answer.status}`);
  if (!answer.redirected) {
    // Refused: the page that says why comes by sending the form as the browser does, which changes nothing.
    form.submit();
    return;
  }
  if (new URL(answer.url).searchParams.has("sent")) {
    forget();
    // The report is there; its photos follow, and where the connection breaks off they can be added on its page.
    await sendChosen(form, new URL(answer.url).pathname).catch(() => {});
  }
  location.assign(answer.url);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.dataset.sending) return;
  keep();
  unsent.hidden = true;
  try {
    await send();
  } catch {
    delete form.dataset.sending;
    unsent.hidden = false;
  }
});
window.addEventListener("online", () => {
  if (!unsent.hidden) form.requestSubmit();
});
