// Gives the pages of the administration what their library leaves out for people who have them read aloud: where the
// content begins, a name of its own for each part that scrolls, and no heading over a column that has none.

function nameOf(box) {
  const heading = box.closest("fieldset")?.querySelector("h2, h3") ?? box.closest("#nav-sidebar")?.querySelector("a");
  return (heading ?? document.querySelector("h1"))?.textContent.trim().replace(/\s+/g, " ");
}

function begin() {
  document.getElementById("main")?.setAttribute("role", "main");
  // The library that lets parts scroll begins after this and reads the name from here.
  for (const box of document.querySelectorAll("[data-simplebar]")) {
    const name = nameOf(box);
    if (name) box.dataset.simplebarAriaLabel = name;
  }
  for (const heading of document.querySelectorAll("th")) {
    if (heading.textContent.trim() || heading.children.length) continue;
    const cell = document.createElement("td");
    cell.className = heading.className;
    heading.replaceWith(cell);
  }
}

document.addEventListener("DOMContentLoaded", begin);
