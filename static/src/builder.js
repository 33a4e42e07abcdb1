// The procedure editor in the back office: <eg-check data-url="…" data-failed="…"> shows what is wrong in the form around
// it. It posts the form as it stands, a moment after the last change, and puts the answered list in its place.
const WAIT = 1500;

class EgCheck extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.list = this.querySelector("[role=status]");
    const button = this.querySelector("[data-check]");
    if (!this.form || !this.list || !button) return;
    button.hidden = false;
    button.addEventListener("click", () => this.check());
    this.later = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.check(), WAIT);
    };
    for (const name of ["input", "change", "w-formchanges"]) this.form.addEventListener(name, this.later);
    // Blocks that are added, moved or deleted change the form by a press of a button.
    this.form.addEventListener("click", (event) => event.target.closest?.("button") && this.later());
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async check() {
    clearTimeout(this.timer);
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const html = await answer.text();
      if (turn === this.turn && html !== this.shown) {
        this.list.innerHTML = html;
        this.shown = html;
      }
    } catch {
      if (turn === this.turn) this.list.textContent = this.dataset.failed;
    }
  }
}

customElements.define("eg-check", EgCheck);
