// On the page in the place of one that needs a connection: the forms that this device keeps for whoever is signed in.

import { papers } from "./device.js";
import { forms } from "./forms.js";
import { saysHere } from "./rounds.js";

const list = document.querySelector("[data-forms]");

function item({ id, title, html }) {
  const [form] = new DOMParser().parseFromString(html, "text/html").forms;
  const shown = list.querySelector("template").content.firstElementChild.cloneNode(true);
  shown.querySelector("[data-title]").textContent = title;
  shown.open = id === location.pathname;
  shown.append(document.adoptNode(form));
  return { form, shown };
}

async function draw() {
  const said = new Set((await papers()).map(({ to }) => to));
  const items = (await forms()).map(item).filter(({ form }) => "again" in form.dataset || !said.has(pathOf(form)));
  for (const { form, shown } of items) {
    list.append(shown);
    saysHere(form);
  }
  list.hidden = !items.length;
  list.querySelector("details[open]")?.scrollIntoView();
}

function pathOf(form) {
  return new URL(form.getAttribute("action"), location.href).pathname;
}

draw().catch(() => {});
