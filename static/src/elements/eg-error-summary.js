// <eg-error-summary><section tabindex="-1" role="alert">…</section></eg-error-summary>
// Moves the focus to the summary when the page opens, and to the question when a link is followed.
class EgErrorSummary extends HTMLElement {
  connectedCallback() {
    const summary = this.querySelector("[tabindex]");
    if (!summary) return;
    summary.removeAttribute("role"); // the focus reads it out; both would say it twice
    requestAnimationFrame(() => summary.focus());
    this.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!target) return;
      event.preventDefault();
      const control = target.matches("input, select, textarea")
        ? target
        : target.querySelector("input:not([type=hidden]), select, textarea") ?? target;
      (target.closest("[data-field]") ?? target).scrollIntoView({ block: "start" });
      control.focus({ preventScroll: true });
    });
  }
}

customElements.define("eg-error-summary", EgErrorSummary);
