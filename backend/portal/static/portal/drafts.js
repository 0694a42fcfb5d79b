// Half-written reports leave the device when somebody signs out, by whichever page, and when they are a week old.

const KEPT_MS = 7 * 24 * 3600 * 1000;

function isOld(name) {
  try {
    return !(Date.now() - JSON.parse(localStorage.getItem(name)).at < KEPT_MS);
  } catch {
    return true;
  }
}

function forget(isOver) {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith("report-draft:") && isOver(name)) localStorage.removeItem(name);
    }
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

forget(isOld);
document.addEventListener("submit", (event) => {
  if (/\/(sign-out|logout\/)$/.test(new URL(event.target.action).pathname)) forget(() => true);
});
