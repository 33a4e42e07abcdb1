// <eg-countdown data-seconds="42" data-one="Possible in %(n)s second." data-many="Possible in %(n)s seconds."
//   data-done="You can ask for a new code now."><p role="status">…</p><button aria-disabled="true">…</button></eg-countdown>
// Counts down to a second try. The button stays reachable; before zero it does nothing. Said aloud every 15 seconds only.
class EgCountdown extends HTMLElement {
  connectedCallback() {
    this.until = Date.now() + 1000 * Number(this.dataset.seconds ?? 0);
    this.button = this.querySelector("button");
    this.said = this.querySelector("[role=status]");
    this.seen = document.createElement("p");
    this.seen.className = this.said?.className ?? "";
    this.seen.setAttribute("aria-hidden", "true");
    this.said?.before(this.seen);
    this.said?.classList.add("eg-visually-hidden");
    this.addEventListener("click", (event) => {
      if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
    });
    this.tick();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  tick() {
    const left = Math.max(0, Math.ceil((this.until - Date.now()) / 1000));
    const words = left === 1 ? this.dataset.one : this.dataset.many;
    const text = left > 0 ? (words ?? "").replace("%(n)s", String(left)) : this.dataset.done ?? "";
    this.seen.textContent = text;
    if (this.said && (left === 0 || left % 15 === 0)) this.said.textContent = text;
    this.button?.setAttribute("aria-disabled", String(left > 0));
    if (left === 0) {
      clearInterval(this.timer);
      this.button?.removeAttribute("aria-disabled");
    }
  }
}

customElements.define("eg-countdown", EgCountdown);
