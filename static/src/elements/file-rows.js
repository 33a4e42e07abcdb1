// Lists of files: rows that are taken away at once, places on which files are dropped.
import { post } from "./requests.js";

/** A button with data-remove="address" inside `host` posts there; its row goes when the answer says that the file is gone. */
export function removeRows(host) {
  host.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    takeAway(host, button);
  });
}

async function takeAway(host, button) {
  button.disabled = true;
  const answer = await post(button.dataset.remove, new FormData()).catch(() => null);
  const row = button.closest(".eg-doc-row, [data-row]");
  if (answer?.ok) {
    host.querySelector("input[type=file]")?.focus();
    row.remove();
    return;
  }
  const problem = await answer?.json().catch(() => null);
  button.disabled = false;
  const note = document.createElement("p");
  note.className = "utrecht-form-field-error-message";
  note.setAttribute("role", "alert");
  note.textContent = problem?.title ?? host.dataset.failed ?? "";
  row.append(note);
}

/** Files that are drawn over a place with data-drop inside `host` and let go there are given to `take`, one by one. */
export function dropOn(host, take) {
  for (const kind of ["dragover", "dragleave", "drop"]) {
    host.addEventListener(kind, (event) => {
      const place = event.target.closest("[data-drop]");
      if (!place || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      place.classList.toggle("eg-is-over", kind === "dragover");
      if (kind === "drop") [...event.dataTransfer.files].forEach(take);
    });
  }
}
