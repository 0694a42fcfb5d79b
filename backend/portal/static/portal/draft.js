// What is typed into the report form stays on this device from the first key until the report has arrived: under the
// person who typed it, with the form's token, so that sending it again is never a second report.

import { arrive, drop, holder, keep, listen, papers, photoDrop, tell } from "./device.js";

const form = document.querySelector("form[data-draft]");
const person = form.dataset.draft;
const token = form.elements.token;
const asked = new URLSearchParams(location.search);
const page = (name) => document.querySelector(`[data-${name}]`);
const list = page("papers");
const arrived = document.body.dataset.person ? arrive(person, document.body.dataset.key) : Promise.resolve();
const field = form.elements.photo;
let writing = arrived;
let photos = [];
let taking = Promise.resolve();
let isSending = false;
let told;
token.value ||= crypto.randomUUID();
list.dataset.open = token.value;

function fieldsOf() {
  const own = ["csrfmiddlewaretoken", "writer"];
  return [...new FormData(form)].filter(([name, value]) => !own.includes(name) && typeof value === "string");
}

// A form that only carries what the page filled in by itself is no draft.
function isBegun(fields) {
  const own = new Set(["category", "description", "persons_concerned", "caller_name", "caller_contact"]);
  return photos.length || fields.some(([name, value]) => own.has(name) && value.trim());
}

function titleOf() {
  const what = form.querySelector("input[name=category]:checked")?.closest(".tile").querySelector("span > span");
  const where = form.elements.place.selectedOptions[0];
  const words = what?.textContent ?? form.elements.description.value.trim().slice(0, 40);
  return where?.value ? `${words} · ${where.textContent}` : words;
}

function write(state) {
  const fields = fieldsOf();
  const paper = { id: token.value, person, state, title: titleOf(), lang: document.documentElement.lang, fields, photos };
  const act = () => (state === "waiting" || isBegun(fields) ? keep(paper) : drop(paper.id));
  writing = writing.then(act, act).then(() => true, () => false);
  return writing;
}

const outbox = () => import("./outbox.js");
const pictures = () => import("./photos.js");

async function save() {
  if (isSending) return;
  // What sends it is at hand before it is wanted, as long as there is a network.
  outbox().catch(() => {});
  pictures().catch(() => {});
  const isKept = await write("draft");
  page("kept-here").hidden = !isKept || !isBegun(fieldsOf());
}

function restore(fields) {
  const values = new Map();
  for (const [field, value] of fields) values.set(field, [...(values.get(field) ?? []), value]);
  if ("scanned" in form.dataset) values.set("place", [form.elements.place.value]);
  for (const input of form.elements) {
    if (!input.name || input.type === "file" || ["csrfmiddlewaretoken", "writer"].includes(input.name)) continue;
    const kept = values.get(input.name) ?? [];
    if (["radio", "checkbox"].includes(input.type)) input.checked = kept.includes(input.value);
    else if (kept.length) input.value = kept[0];
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
  form.dispatchEvent(new CustomEvent("picked", { detail: { name: "draft" } }));
  form.elements.place.dispatchEvent(new Event("change", { bubbles: true }));
}

async function show() {
  const { draw } = await pictures();
  await draw(page("chosen-photos"), photos, async (photo) => {
    photos = photos.filter((one) => one !== photo);
    await photoDrop(photo.id);
    await Promise.all([show(), save()]);
  });
}

// From the field to the device: the field holds them for as long as nothing else does.
async function take() {
  if ((await holder())?.person !== person) return;
  const { add } = await pictures();
  photos = [...photos, ...(await add([...field.files], token.value))];
  field.value = "";
  field.classList.add("taken");
  await Promise.all([show(), save()]);
}

function recall(paper) {
  photos = paper?.photos ?? [];
  if (photos.length) show().catch(() => {});
}

function open(paper) {
  recall(paper);
  restore(paper.fields);
  list.dataset.open = paper.id;
  tell({ opened: paper.id });
  page("restored").hidden = Boolean(paper.errors);
  if (!paper.errors) return;
  const lines = paper.errors.map((error) => Object.assign(document.createElement("li"), { textContent: error }));
  page("refused").querySelector("ul").replaceChildren(...lines);
  page("refused").hidden = false;
  page("refused").focus();
}

// Another page of this device, or the service worker, says what became of the report that it sent.
function hear({ id, address, signIn: isSignedOut, errors }) {
  if (address) location.assign(address);
  else if (isSignedOut) signIn(id);
  else if (errors) location.replace(`/report?waiting=${id}`);
}

// In the place of the form: the report is kept here and goes out by itself, if it has not gone already.
function stand() {
  form.hidden = true;
  page("restored").hidden = true;
  page("kept").hidden = false;
  page("kept").focus();
  delete list.dataset.open;
  tell({ waits: token.value });
  if (told) hear(told);
}

function signIn(id) {
  location.assign(`${form.dataset.signIn}?next=${encodeURIComponent(`/report?sending=${id}`)}`);
}

async function begin() {
  await arrived;
  if ((await holder())?.person !== person) return;
  const mine = await papers();
  if ("typed" in form.dataset) {
    recall(mine.find(({ id }) => id === token.value));
    return save();
  }
  const sending = mine.find((paper) => paper.id === asked.get("sending") && paper.state === "waiting");
  if (sending) {
    token.value = sending.id;
    stand();
    return;
  }
  const wanted = asked.get("waiting") ?? asked.get("sending");
  const latest = "filled" in form.dataset ? undefined : mine.find(({ state }) => state === "draft");
  const paper = mine.find(({ id }) => id === wanted) ?? latest;
  if (!paper) return;
  // What a round found is named on the page of its own form alone.
  const found = new Map(paper.fields).get("found");
  if ((found ?? null) !== asked.get("found")) {
    asked.delete("found");
    if (found) asked.set("found", found);
    asked.set("waiting", paper.id);
    location.replace(`/report?${asked}`);
    return;
  }
  open(paper);
  if (paper.state !== "draft") await save();
}

async function send() {
  await taking;
  isSending = true;
  const id = token.value;
  const isKept = await write("waiting");
  if (!isKept) return form.submit();
  const outcomes = await outbox().then(({ sendReports }) => sendReports(id)).catch(() => ({}));
  const outcome = outcomes[id];
  if (outcome?.address) location.assign(outcome.address);
  else if (outcome?.signIn) signIn(id);
  else if (outcome?.errors) {
    // Refused: the page that says why comes by sending the form as the browser does, which changes nothing.
    await write("draft");
    form.submit();
  } else {
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.sync?.register("outbox").catch(() => {});
    stand();
  }
}

field.addEventListener("change", () => {
  taking = taking.then(take).catch(() => {});
});
form.addEventListener("input", save);
form.addEventListener("change", (event) => {
  if (event.isTrusted || event.target.name === "category") save();
});
form.addEventListener("picked", save);
page("restored").querySelector("button").addEventListener("click", async () => {
  await drop(token.value);
  for (const name of ["waiting", "sending"]) asked.delete(name);
  location.replace(`${location.pathname}?${asked}`);
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.dataset.sending) return;
  await send().catch(() => form.submit());
});
listen((news) => {
  if (news.id !== token.value) return;
  told = news;
  if (form.hidden) hear(news);
});
begin().catch(() => {});
