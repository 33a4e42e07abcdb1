// <eg-copy><input readonly><button data-done="Copied" hidden><span>Copy</span></button><span role="status"></span></eg-copy>:
// shows the button and copies the address (or the lines of a textarea); without the right to the clipboard it selects the text.
class EgCopy extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input, textarea");
    const button = this.querySelector("button");
    if (!input || !button) return;
    button.hidden = false;
    button.addEventListener("click", () => this.copy(input, button));
  }

  async copy(input, button) {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
    } catch {
      return; // the text is selected: the keyboard copies it
    }
    button.querySelector("span").textContent = button.dataset.done;
    this.querySelector("[role=status]").textContent = button.dataset.done;
  }
}

customElements.define("eg-copy", EgCopy);
