// <eg-print><button hidden>Print</button></eg-print>: shows the button and prints the page.
class EgPrint extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

customElements.define("eg-print", EgPrint);
