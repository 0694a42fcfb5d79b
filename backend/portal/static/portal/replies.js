// Offers a school's standard replies beside the field of a note. Without a script the link leads to their page.

async function offer(event) {
  const link = event.target.closest("a[data-replies]");
  if (!link) return;
  event.preventDefault();
  const answer = await fetch(link.dataset.replies, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) {
    location.assign(link.href);
    return;
  }
  const replies = await answer.json();
  const list = document.createElement("div");
  list.className = "replies";
  for (const reply of replies) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "secondary", textContent: reply.text });
    button.addEventListener("click", () => write(link.dataset.into, reply.text));
    list.append(button);
  }
  if (replies.length) link.parentElement.replaceWith(list);
  else link.replaceWith(link.dataset.none);
}

function write(id, text) {
  const note = document.getElementById(id);
  note.value = note.value.trim() ? `${note.value.trim()}\n${text}` : text;
  note.dispatchEvent(new Event("input", { bubbles: true }));
  note.focus();
}

document.addEventListener("click", offer);
