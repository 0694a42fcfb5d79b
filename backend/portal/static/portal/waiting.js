// The list of what waits on this device: each paper can be opened, or deleted for good.

import { drop, papers } from "./device.js";
import { take } from "./outbox.js";

function row(list, paper) {
  const item = list.querySelector("template").content.firstElementChild.cloneNode(true);
  const title = item.querySelector("[data-title]");
  title.textContent = paper.title || list.dataset.untitled;
  if (paper.title && paper.lang) title.lang = paper.lang;
  const isSaidHere = paper.state === "photos" || paper.to;
  const state = paper.state === "refused" && isSaidHere ? "said-refused" : paper.state;
  const words = list.getAttribute(`data-words-${state}`).replace("{count}", paper.photos?.length);
  item.querySelector("[data-typed]").textContent = state === "said-refused" ? (paper.words ?? []).join(" · ") : "";
  item.querySelector("[data-state]").textContent = isSaidHere && paper.errors?.length ? paper.errors.join(" ") : words;
  item.querySelector("[data-at]").textContent = new Date(paper.at).toLocaleString(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  item.querySelector("[data-open]").hidden = Boolean(isSaidHere);
  item.querySelector("[data-open]").addEventListener("click", async () => {
    if (await take(paper.id)) location.assign(`/report?waiting=${encodeURIComponent(paper.id)}`);
  });
  item.querySelector("[data-delete]").addEventListener("click", async () => {
    if (!confirm(paper.state === "photos" ? list.dataset.surePhotos : list.dataset.sure)) return;
    await drop(paper.id);
    draw(list, await papers());
  });
  return item;
}

export function draw(list, mine) {
  const shown = mine.filter((paper) => paper.id !== list.dataset.open);
  list.querySelector("[data-count]").textContent = shown.length;
  list.querySelector("ul").replaceChildren(...shown.map((paper) => row(list, paper)));
  list.hidden = !shown.length;
}
