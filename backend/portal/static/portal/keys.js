// Keys for the list of tickets; without this module everything is done by pointer, Tab and Enter.

const STORED = "allclear.keys";
const rows = [...document.querySelectorAll(".row-ticket")];
const dialog = document.querySelector("dialog.keys");
const opener = document.querySelector("[data-keys]");
const choice = document.querySelector("[data-keys-on]");

function linkOf(row) {
  return row?.querySelector("h3 a");
}

function present() {
  return rows.findIndex((row) => row.contains(document.activeElement));
}

function go(step) {
  const at = present();
  const wanted = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
  linkOf(rows[Math.min(Math.max(wanted, 0), rows.length - 1)])?.focus();
}

const ACTS = {
  j: () => go(1),
  k: () => go(-1),
  a: () => rows[present()]?.querySelector("[data-acknowledge]")?.click(),
  e: () => rows[present()]?.querySelector("input[name=pick]")?.click(),
};

function isOff() {
  try {
    return localStorage.getItem(STORED) === "off";
  } catch {
    return false;
  }
}

function isTyping(target) {
  return target.closest("textarea, select, dialog, input:not([type=checkbox])") !== null;
}

if (dialog) {
  opener.hidden = false;
  choice.checked = !isOff();
  opener.addEventListener("click", () => dialog.showModal());
  dialog.querySelector("[data-keys-close]").addEventListener("click", () => dialog.close());
  choice.addEventListener("change", () => {
    try {
      localStorage.setItem(STORED, choice.checked ? "on" : "off");
    } catch {
      // Without storage the choice holds until the page is left.
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!choice.checked || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
      return;
    }
    if (event.key === "?") {
      dialog.showModal();
    } else if (Object.hasOwn(ACTS, event.key)) {
      ACTS[event.key]();
    } else {
      return;
    }
    event.preventDefault();
  });
  // After a step the page comes back with the row's place in its address: the keys go on from there. The browser takes
  // the focus away when it scrolls to that place, so we wait until it has.
  const place = /^#row-([0-9]+)$/.exec(location.hash);
  if (place) {
    const row = rows[Math.min(Number(place[1]), rows.length) - 1];
    window.addEventListener("load", () => setTimeout(() => linkOf(row)?.focus()));
  }
}
