// What somebody says of a round stays on this device, sealed, until it has arrived: it is sent by its token once, at once
// or when there is a connection again.

import { arrive, drop, holder, keep, listen } from "./device.js";
import { sendReports } from "./outbox.js";

const { person, key } = document.body.dataset;

// Whoever is signed in: on a page that a browser kept nobody is named, and the device knows.
function me() {
  return person ? arrive(person, key) : holder();
}

function fieldsOf(form, button) {
  return [...new FormData(form, button)].filter(([name]) => name !== "csrfmiddlewaretoken");
}

// What somebody typed and chose, in words: to be read again where it is refused.
function wordsOf(form) {
  const said = ({ type, checked, value, labels }) => {
    if (type === "radio" || type === "checkbox") return checked ? labels[0]?.textContent : "";
    return type === "text" || type === "textarea" ? value : "";
  };
  return [...form.elements].map((field) => said(field)?.trim()).filter(Boolean);
}

// As a browser sends it that keeps nothing, with the button that was pressed.
function plainly(form, button) {
  form.removeEventListener("submit", say);
  form.requestSubmit(button);
}

// In the place of the form: it goes out by itself.
async function stand(form) {
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("outbox").catch(() => {});
  const kept = document.querySelector("[data-round-kept]");
  if ("again" in form.dataset) {
    form.reset();
    form.elements.token.value = "";
    delete form.dataset.sending;
  } else (form.closest("li, section, details") ?? form).hidden = true;
  kept.hidden = false;
  kept.focus();
}

// What became of a paper: said by whoever of this device sent it, mostly this page; nothing as long as it waits.
async function outcomeOf(id) {
  const elsewhere = new Promise((done) => listen((news) => news.id === id && done({ address: news.said, ...news })));
  const outcomes = await sendReports(id).catch(() => ({ later: true }));
  return outcomes[id] ?? (outcomes.later ? {} : elsewhere);
}

async function say(event) {
  event.preventDefault();
  const { currentTarget: form, submitter: button } = event;
  const { token } = form.elements;
  token.value ||= crypto.randomUUID();
  const paper = { id: token.value, state: "waiting", title: form.dataset.round, words: wordsOf(form), photos: [] };
  const to = new URL(form.getAttribute("action"), location.href).pathname;
  try {
    await keep({ ...paper, person: (await me()).person, to, fields: fieldsOf(form, button) });
  } catch {
    return plainly(form, button);
  }
  const outcome = await outcomeOf(paper.id);
  if (outcome.address) location.assign(outcome.address);
  else if (outcome.signIn) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
  else if (outcome.errors && !form.elements.csrfmiddlewaretoken) form.hidden = true;
  else if (outcome.errors) {
    // Refused: the page that says why comes by sending the form as the browser does, which changes nothing.
    await drop(paper.id);
    plainly(form, button);
  } else await stand(form);
}

export function saysHere(form) {
  form.addEventListener("submit", say);
}

// The forms behind the links of a page are kept, to be opened without a network.
async function keepForms(links) {
  const { formsKeep } = await import("./forms.js");
  const addresses = links.map(({ dataset, pathname }) => dataset.opens || pathname);
  await formsKeep(await me(), [...new Set(addresses)], links.some(({ dataset }) => "anew" in dataset));
}

for (const form of document.querySelectorAll("form[data-round]")) saysHere(form);
const links = [...document.querySelectorAll("a[data-opens]")];
if (person && links.length) keepForms(links).catch(() => {});
