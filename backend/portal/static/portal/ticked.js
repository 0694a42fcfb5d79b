// How many tickets are ticked, while one ticks them, with the way to what is done with all of them.

const bar = document.querySelector("[data-ticked]");
const bulk = document.getElementById("bulk-all");

function count() {
  const ticked = document.querySelectorAll("input[name=pick]:checked").length;
  const words = bar.querySelector("[data-words]");
  bar.hidden = ticked === 0;
  words.textContent = words.dataset.words.replace("{count}", ticked);
}

if (bar) {
  count();
  // A browser that goes back ticks again after the page has loaded.
  window.addEventListener("pageshow", count);
  document.addEventListener("change", (event) => event.target.name === "pick" && count());
  bar.querySelector("a").addEventListener("click", (event) => {
    // The browser would take the focus away again when it goes to the place.
    event.preventDefault();
    bulk.open = true;
    bulk.querySelector("select").focus();
  });
}
