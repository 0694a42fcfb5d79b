// The photos of a report that is being written: made smaller, kept on this device with it, and shown.

import { photoKeep, photoRead } from "./device.js";
import { smaller } from "./uploads.js";

export async function add(files, paper) {
  const added = [];
  for (const file of files) {
    const id = `${paper}/${crypto.randomUUID()}`;
    await photoKeep(id, await (await smaller(file)).arrayBuffer());
    added.push({ id, name: file.name });
  }
  return added;
}

async function picture(list, { id }, number) {
  const item = list.querySelector("template").content.firstElementChild.cloneNode(true);
  const image = item.querySelector("img");
  image.src = URL.createObjectURL(new Blob([await photoRead(id)]));
  image.alt = list.dataset.photo.replace("{number}", number);
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  return item;
}

export async function draw(list, photos, remove) {
  const items = await Promise.all(photos.map((photo, index) => picture(list, photo, index + 1)));
  items.forEach((item, index) => item.querySelector("button").addEventListener("click", () => remove(photos[index])));
  list.replaceChildren(list.querySelector("template"), ...items);
  list.hidden = !photos.length;
}
