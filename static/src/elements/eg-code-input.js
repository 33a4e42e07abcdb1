// <eg-code-input> around the six-digit field: accepts "123 456" and "123-456" typed or pasted, keeps digits only.
/** The digits of a text, at most `length`. */
export function digits(text, length = 6) {
  return text.normalize("NFKC").replace(/[^0-9]/g, "").slice(0, length);
}

if (typeof customElements !== "undefined") {
  class EgCodeInput extends HTMLElement {
    connectedCallback() {
      const input = this.querySelector("input");
      if (!input) return;
      const length = Number(this.dataset.length ?? 6);
      input.removeAttribute("maxlength");
      input.addEventListener("paste", (event) => {
        const pasted = event.clipboardData?.getData("text") ?? "";
        if (digits(pasted, length).length !== length) return;
        event.preventDefault();
        input.value = digits(pasted, length);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
      input.addEventListener("change", () => {
        if (/^[\s0-9.-]*$/.test(input.value)) input.value = digits(input.value, length);
      });
    }
  }
  customElements.define("eg-code-input", EgCodeInput);
}
