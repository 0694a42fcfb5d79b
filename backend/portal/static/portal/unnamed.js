// Reporting without a name: what was chosen by a few words is ticked, and photos are made smaller before they leave the
// device, which takes out of them what a camera wrote there. Nothing is kept here.

import { smaller } from "./uploads.js";

const MOST = 5;
const form = document.querySelector("form[data-unnamed]");

function pick(name, value) {
  const field = form.elements[name];
  field.value = value;
  if (name === "category") {
    const tile = form.querySelector("input[name=category]:checked");
    tile.closest("details").open = true;
    tile.focus();
  }
  form.dispatchEvent(new CustomEvent("picked", { detail: { name } }));
  ask();
}

// The short questions stand with the words; shown are those of the chosen category.
const beside = form?.querySelector("[data-asked-here]");
const questions = form ? [...form.querySelectorAll("[data-asked]")] : [];
beside?.append(...questions);
function ask() {
  const chosen = form.querySelector("input[name=category]:checked")?.value;
  for (const one of questions) one.hidden = one.dataset.asked !== chosen;
  beside.hidden = questions.every((one) => one.hidden);
}

if (form) {
  form.addEventListener("pick", (event) => pick(event.detail.name, event.detail.value));
  form.addEventListener("change", ask);
  ask();
}

async function shrink(input) {
  const made = new DataTransfer();
  const chosen = [...input.files].slice(0, MOST);
  for (const [index, file] of chosen.entries()) {
    const photo = await smaller(file);
    made.items.add(new File([photo], `photo-${index + 1}.jpg`, { type: photo.type }));
  }
  input.files = made.files;
}

for (const input of document.querySelectorAll("[data-smaller]")) {
  const button = input.form.querySelector("button.primary");
  input.addEventListener("change", async () => {
    button.disabled = true;
    try {
      await shrink(input);
    } finally {
      button.disabled = false;
    }
  });
}
