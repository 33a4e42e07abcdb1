// <eg-dialog><a href="page that asks the same" data-open>…</a><dialog class="eg-dialog">… <button data-close>…</dialog></eg-dialog>
// Opens the dialog instead of the page that asks the same question; Escape and `[data-close]` close it.
class EgDialog extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog");
    if (!dialog?.showModal) return;
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-open]")) {
        event.preventDefault();
        dialog.showModal();
      } else if (event.target.closest("[data-close]")) {
        event.preventDefault();
        dialog.close();
      }
    });
  }
}

customElements.define("eg-dialog", EgDialog);
