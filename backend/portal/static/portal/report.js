// The steps of the report form: what was chosen folds up, what was used last is one tap away, and what was reported
// here already is shown before it is sent again.

const form = document.querySelector("form[data-draft]");
const what = form.querySelector("[data-what]");
const chosen = what.querySelector("[data-chosen]");
const choices = what.querySelector("[data-choices]");
const place = form.elements.place;
const alike = form.querySelector("[data-alike-here]");

function category() {
  return form.querySelector("input[name=category]:checked");
}

// The short questions stand with the words; shown are those of the chosen category.
const questions = [...form.querySelectorAll("[data-asked]")];
const beside = form.querySelector("[data-asked-here]");
beside.append(...questions);
function ask() {
  for (const one of questions) one.hidden = one.dataset.asked !== category()?.value;
  beside.hidden = questions.every((one) => one.hidden);
}

// The chosen category takes the place of all the others.
function fold() {
  ask();
  const tile = category()?.closest(".tile");
  if (!tile) return;
  const words = chosen.querySelector("p > span");
  words.replaceChildren(tile.querySelector("span > span").textContent);
  for (const note of tile.querySelectorAll(".small")) words.append(note.cloneNode(true));
  chosen.hidden = false;
  choices.hidden = true;
}

// The next thing to do gets the focus, which was on something that is folded up now.
function go() {
  if (place.value) form.elements.description.focus();
  else place.focus({ preventScroll: true });
}

chosen.querySelector("button").addEventListener("click", () => {
  chosen.hidden = true;
  choices.hidden = false;
  what.querySelector("legend").focus();
});

// A tap chooses and goes on; the arrow keys, which choose on their way, do not.
choices.addEventListener("click", (event) => {
  if (!event.detail || !event.target.closest(".tile")) return;
  // A tap on the words of a tile reaches its button only afterwards.
  setTimeout(() => {
    fold();
    go();
  });
});
form.addEventListener("picked", (event) => {
  fold();
  if (event.detail.name === "category") go();
});

for (const used of form.querySelectorAll("[data-used]")) {
  used.hidden = false;
  used.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) pick(used.dataset.used, button.value);
  });
}

function pick(name, value) {
  const field = form.elements[name];
  field.value = value;
  const input = name === "category" ? category() : field;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  form.dispatchEvent(new CustomEvent("picked", { detail: { name } }));
}
form.addEventListener("pick", (event) => pick(event.detail.name, event.detail.value));

// Reported already? Asked anew whenever category or place change.
let asked = "";
form.addEventListener("change", async (event) => {
  if (!["category", "place"].includes(event.target.name) || "follows" in form.dataset) return;
  const query = new URLSearchParams({ category: category()?.value ?? "", place: place.value }).toString();
  if (query === asked) return;
  asked = query;
  alike.replaceChildren();
  if (!category() || !place.value) return;
  try {
    const answer = await fetch(`${form.dataset.alike}?${query}`);
    const html = answer.ok && !answer.redirected ? await answer.text() : "";
    if (query === asked) alike.innerHTML = html;
  } catch {
    asked = "";
  }
});

// The form that a browser kept says what time it is at the school, and which place the code on the wall stands for.
const when = form.elements.occurred_at;
if (form.dataset.zone) {
  const now = new Date().toLocaleString("sv-SE", { timeZone: form.dataset.zone });
  when.value = when.defaultValue = now.replace(" ", "T").slice(0, 16);
  const code = new URLSearchParams(location.search).get("place");
  const scanned = [...place.options].find((option) => code && option.dataset.token === code);
  if (scanned) {
    scanned.selected = true;
    form.dataset.scanned = "";
  }
}

// "Just now" is when somebody begins to type, however long the page was open before; a time of one's own stays.
const opened = Date.now();
form.addEventListener("input", () => {
  if (when.closest("details").open || when.value !== when.defaultValue) return;
  const now = Date.parse(`${when.value}Z`) + Date.now() - opened;
  when.value = new Date(now).toISOString().slice(0, 16);
}, { once: true });

// The list of colleagues comes when somebody asks for it; those of a draft stand in for it until then.
async function colleagues() {
  const here = form.querySelector("[data-colleagues]");
  if (!here) return;
  const answer = await fetch(here.dataset.colleagues);
  if (!answer.ok || answer.redirected) return;
  const chosen = [...here.querySelectorAll("input")].map((input) => input.value);
  here.innerHTML = await answer.text();
  delete here.dataset.colleagues;
  here.querySelector("[data-filters]").hidden = false;
  for (const box of here.querySelectorAll("input[type=checkbox]")) box.checked = chosen.includes(box.value);
}
const concerned = form.querySelector("#concerned");
concerned.addEventListener("toggle", () => concerned.open && colleagues().catch(() => {}));
concerned.querySelector("[data-colleagues] button")?.addEventListener("click", (event) => {
  event.preventDefault();
  colleagues().catch(() => {});
});

if (category() && !what.querySelector(".error")) fold();
