// Finding a category or a place by a few words, in either language.

const MOST = 3;
const LEAST = 0.34;
const form = document.querySelector("form[data-draft], form[data-unnamed]");

// Letters without their marks, so that "façade" is found as "facade".
function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

function pairs(text) {
  const letters = [...text];
  return letters.slice(1).map((letter, index) => letters[index] + letter);
}

function share(parts, test) {
  return parts.length ? parts.filter(test).length / parts.length : 0;
}

const SMALL = new Set("a an and are at from in is it its of on or our the there to was with".split(" "));

function tokens(text) {
  return text.split(/[^\p{L}\p{N}]+/u).filter((token) => token && !SMALL.has(token));
}

function stem(token) {
  return token.length > 5 ? token.slice(0, 5) : token;
}

// 1 and more where one holds the other, else the share of words or pairs of signs.
function fit(typed, phrase) {
  if (phrase === typed) return 2;
  if (/\p{Script=Han}/u.test(typed)) {
    const [short, long] = [typed, phrase].sort((a, b) => a.length - b.length);
    if (long.includes(short)) return 1 + short.length / long.length / 2;
    const known = new Set(pairs(phrase));
    return share(pairs(typed), (pair) => known.has(pair));
  }
  const known = tokens(phrase);
  const wanted = tokens(typed);
  const both = share(wanted, (token) => known.some((one) => one.startsWith(stem(token))));
  return both + 0.5 * share(known, (one) => wanted.some((token) => stem(token) === stem(one)));
}

function score(typed, entry) {
  const fits = entry.phrases.map((phrase) => fit(typed, phrase)).sort((a, b) => b - a);
  return fits[0] + 0.1 * (fits[1] ?? 0);
}

function categories() {
  return [...form.querySelectorAll(".group .tile")].map((tile) => {
    const label = tile.querySelector("span > span").textContent;
    return {
      value: tile.querySelector("input").value,
      label,
      beside: tile.closest("details").querySelector("summary").textContent.trim(),
      phrases: [plain(label)],
    };
  });
}

function places() {
  return [...form.elements.place.querySelectorAll("optgroup option")].map((option) => ({
    value: option.value,
    label: option.textContent,
    beside: option.parentElement.label,
    phrases: [option.textContent, `${option.parentElement.label} ${option.textContent}`].map(plain),
  }));
}

function row(name, entry) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary";
  button.value = entry.value;
  const beside = document.createElement("small");
  beside.textContent = entry.beside;
  const words = document.createElement("span");
  words.append(entry.label, beside);
  button.append(words);
  button.addEventListener("click", () => {
    form.dispatchEvent(new CustomEvent("pick", { detail: { name, value: entry.value } }));
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function enhance(finder, name, entries) {
  const input = finder.querySelector("input");
  const found = finder.querySelector(".found");
  finder.hidden = false;
  function find() {
    const typed = plain(input.value);
    const scored = typed ? entries.map((entry) => [score(typed, entry), entry]) : [];
    const best = scored.filter(([points]) => points >= LEAST).sort((a, b) => b[0] - a[0]).slice(0, MOST);
    found.replaceChildren(...best.map(([, entry]) => row(name, entry)));
    if (typed.length > 1 && !best.length) {
      const none = document.createElement("li");
      none.textContent = found.dataset.none;
      found.append(none);
    }
  }
  input.addEventListener("input", find);
  // The words of the rulebook come when somebody begins to look; until then, or without a network, names are found.
  async function learn() {
    input.removeEventListener("focus", learn);
    try {
      const words = await (await fetch(finder.dataset.words)).json();
      for (const entry of entries) entry.phrases = (words[entry.value] ?? [entry.label]).map(plain);
      if (input.value) find();
    } catch {
      input.addEventListener("focus", learn);
    }
  }
  if (finder.dataset.words) input.addEventListener("focus", learn);
  // Enter looks, it does not send the report.
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  form.addEventListener("picked", (event) => {
    if (event.detail.name !== name) return;
    input.value = "";
    found.replaceChildren();
    if (finder.tagName === "DETAILS" && finder.open) {
      finder.open = false;
      form.elements.place.focus();
    }
  });
}

for (const finder of form.querySelectorAll("[data-finder]")) {
  const name = finder.dataset.finder;
  enhance(finder, name, name === "category" ? categories() : places());
}
