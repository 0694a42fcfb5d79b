// Whether the list on this page has changed meanwhile: said in a bar, and nothing moves under the finger that reads it.

const SOONEST = 15000;
const LATEST = 300000;
const SLOWER = 1.5;
const bar = document.querySelector("[data-news]");
const link = bar?.querySelector("a");
const shown = new Map([...document.querySelectorAll("[data-ticket]")].map((row) => [row.dataset.ticket, row.dataset.version]));

let tag = "";
let pause = SOONEST;
let timer = 0;
let isOver = false;

function show(tickets) {
  const ids = Object.keys(tickets);
  const news = ids.filter((id) => !shown.has(id)).length;
  const isSame = ids.length === shown.size && ids.every((id) => shown.get(id) === String(tickets[id]));
  link.hidden = isSame;
  link.textContent = isSame ? "" : news ? link.dataset.new.replace("{count}", news) : link.dataset.changed;
}

async function ask() {
  const headers = { Accept: "application/json", ...(tag && { "If-None-Match": tag }) };
  const answer = await fetch(`${bar.dataset.news}${location.search}`, { headers, cache: "no-store", redirect: "manual" });
  if (answer.status === 200) {
    tag = answer.headers.get("ETag");
    show((await answer.json()).tickets);
    pause = SOONEST;
  } else if (answer.status === 304 || answer.status === 429 || answer.status >= 500) {
    pause = Math.min(pause * SLOWER, LATEST);
  } else {
    // Signed out (the answer leads elsewhere), or no longer theirs to read.
    isOver = true;
  }
}

async function poll() {
  try {
    await ask();
  } catch {
    pause = Math.min(pause * SLOWER, LATEST);
  }
  wait();
}

// Only a page that somebody looks at asks.
function wait() {
  clearTimeout(timer);
  if (!isOver && !document.hidden) {
    timer = setTimeout(poll, pause);
  }
}

if (bar) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  document.addEventListener("visibilitychange", () => {
    pause = SOONEST;
    wait();
  });
  wait();
}
