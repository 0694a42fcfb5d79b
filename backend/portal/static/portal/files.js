// Sends the files chosen in a form before the form itself. Without a script the form sends them whole.

import { Refused, sendFile, smaller } from "./uploads.js";

// Send what is chosen in a form to the ticket or report that an address of the pages names.
export async function sendChosen(form, address) {
  const to = `/api/v1${address.match(/\/(tickets|reports)\/[0-9a-f-]+/)[0]}`;
  const csrf = form.elements.csrfmiddlewaretoken.value;
  for (const input of form.querySelectorAll("input[type=file]")) {
    const line = input.closest(".file-field").querySelector("[data-sending-words]");
    for (const file of [...input.files]) {
      const tell = (percent) => {
        line.hidden = false;
        line.textContent = line.dataset.sendingWords.replace("{name}", file.name).replace("{part}", `${percent}%`);
      };
      tell(0);
      try {
        const blob = await smaller(file);
        await sendFile({ to, name: file.name, blob, purpose: input.dataset.purpose, csrf, key: crypto.randomUUID(), tell });
      } catch (error) {
        line.textContent = error instanceof Refused ? `${file.name}: ${error.message}` : line.dataset.brokenWords;
        line.classList.add("error");
        throw error;
      }
    }
    input.value = "";
  }
}

async function sendFirst(event) {
  if (event.defaultPrevented) return;
  // A preview takes no step and needs no files; sending by script would lose where its button leads.
  if (event.submitter?.hasAttribute("formaction")) return;
  const form = event.target;
  const chosen = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  if (!("files" in form.dataset) || !chosen || !crypto.subtle) return;
  event.preventDefault();
  try {
    await sendChosen(form, new URL(form.action).pathname);
    const sent = document.createElement("input");
    Object.assign(sent, { type: "hidden", name: "sent", value: "1" });
    form.append(sent);
    form.submit();
  } catch {
    delete form.dataset.sending;
  }
}

document.addEventListener("submit", sendFirst);
