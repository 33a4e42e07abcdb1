// What happens to a page when the session of its reader is over.

/** Note that a form marked `data-keep` holds something that is perhaps saved nowhere. */
export function noteChange(event) {
  event.target.form?.setAttribute("data-changed", "");
}

/**
 * The form with something typed that is saved nowhere. The server keeps what arrives after the end, so that nothing is
 * lost; an autosaved form has something to lose only as long as its last save has not worked.
 */
function unsavedForm() {
  return [...document.querySelectorAll("form[data-keep][data-changed]")].find((form) => {
    const autosave = form.closest("eg-autosave");
    return !autosave || autosave.changed || form.hasAttribute("data-shown-again");
  });
}

/** Leave for the page that says why; what is not saved is sent there as if its button had been pressed, without files. */
export function leave(endedUrl) {
  const form = unsavedForm();
  if (form) {
    for (const input of form.querySelectorAll("input[type=file]")) input.disabled = true;
    HTMLFormElement.prototype.submit.call(form);
    return;
  }
  window.location.replace(`${endedUrl}?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
}
