// What pages do a little better with a script; every page works without it.

const language = document.documentElement.lang;

// A form is sent once; a second tap while the first is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sending;
  }
});

// What went wrong is read out first.
document.querySelector("[data-takes-focus]")?.focus();

// Times left go on counting while the page is open, by the server's clock.
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const clock = document.querySelector("[data-now]");
const ahead = clock ? Date.parse(clock.dataset.now) - Date.now() : 0;

function unit(value, name) {
  return new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "long" }).format(value);
}

function span(seconds) {
  if (seconds < MINUTE) {
    return clock.dataset.moment;
  }
  const days = Math.floor(seconds / DAY);
  const hours = Math.floor((seconds % DAY) / HOUR);
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  const parts = [];
  if (days) parts.push(unit(days, "day"));
  if (hours) parts.push(unit(hours, "hour"));
  if (minutes && !days) parts.push(unit(minutes, "minute"));
  return parts.join(language.startsWith("zh") ? "" : " ");
}

function countDown() {
  for (const due of document.querySelectorAll("[data-due]")) {
    const left = Math.floor((Date.parse(due.dataset.due) - Date.now() - ahead) / 1000);
    const words = left < 0 ? clock.dataset.late : clock.dataset.left;
    due.querySelector("[data-words]").textContent = words.replace("{time}", span(Math.abs(left)));
    if (left < 0 && !due.classList.contains("due-late")) {
      due.className = "due due-late";
      const icon = due.querySelector("use");
      icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, "#alert"));
    }
  }
}

if (clock) {
  setInterval(countDown, 15000);
}

// A long list of people can be narrowed by typing.
for (const filter of document.querySelectorAll("[data-filters]")) {
  filter.hidden = false;
}
document.addEventListener("input", (event) => {
  const filter = event.target.closest("[data-filters]");
  if (!filter) return;
  const wanted = event.target.value.trim().toLowerCase();
  for (const row of document.getElementById(filter.dataset.filters).children) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted) && !row.querySelector("input").checked;
  }
});
