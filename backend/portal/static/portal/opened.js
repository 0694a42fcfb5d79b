// On the page in the place of one that needs a connection: the forms that this device keeps for whoever is signed in. On
// the kept form of a report: of the places of a route the one whose code was read.

import { papers } from "./device.js";
import { forms } from "./forms.js";
import { saysHere } from "./rounds.js";

const list = document.querySelector("[data-forms]");
const code = new URLSearchParams(location.search).get("place");

// The round or the gate that an address is about.
function about(path) {
  return path.split("/", 3).join("/");
}

function pathOf(form) {
  return new URL(form.getAttribute("action"), location.href).pathname;
}

function item({ id, title, html }) {
  const [root] = new DOMParser().parseFromString(html, "text/html").body.children;
  const shown = list.querySelector("template").content.firstElementChild.cloneNode(true);
  shown.querySelector("[data-title]").textContent = title;
  shown.open = about(id) === about(location.pathname);
  shown.append(document.adoptNode(root));
  return shown;
}

// The forms of which nothing waits yet. Of a route each place goes by itself, and all of it with the word on the whole.
function left(shown, said) {
  const all = [...shown.querySelectorAll("form")];
  const isSaid = (form) => !("again" in form.dataset) && said.has(pathOf(form));
  if (all.some((form) => isSaid(form) && !form.closest("li"))) return [];
  for (const form of all) if (isSaid(form)) form.closest("li").remove();
  return all.filter((form) => shown.contains(form));
}

// Of a route the place that is stood at alone, its code read.
function here(shown, open) {
  const form = open.find(({ dataset }) => code && dataset.code === code);
  if (!form) return [];
  form.elements.code.value = code;
  shown.querySelector("[data-title]").textContent = form.dataset.round;
  shown.replaceChildren(shown.querySelector("summary"), form);
  shown.open = true;
  return [form];
}

function show(shown, open) {
  list.append(shown);
  list.hidden = false;
  for (const form of open) {
    saysHere(form);
    if (pathOf(form) === location.pathname) form.querySelector("details")?.setAttribute("open", "");
  }
}

async function draw() {
  const said = new Set((await papers()).map(({ to }) => to));
  for (const shown of (await forms()).map(item)) {
    const open = "byCode" in list.dataset ? here(shown, left(shown, said)) : left(shown, said);
    if (open.length) show(shown, open);
  }
  const at = list.querySelector("li details[open]") ?? list.querySelector(":scope > details[open]");
  if (!("byCode" in list.dataset)) at?.scrollIntoView();
}

draw().catch(() => {});
