// <eg-password-criteria data-url="…" data-for="id_new_password" data-met="met" data-unmet="not met yet">
//   <ul><li data-code="length">At least 12 characters</li>…</ul></eg-password-criteria>
// Posts what is typed to the server, which knows the rules, and marks each line. Answer: {"criteria": {"length": true, …}}.
import { post } from "./requests.js";

class EgPasswordCriteria extends HTMLElement {
  connectedCallback() {
    this.input = document.getElementById(this.dataset.for);
    this.input?.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.check(), 400);
    });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async check() {
    const body = new FormData();
    body.set("password", this.input.value);
    const form = this.input.form;
    for (const name of ["email", "first_name", "last_name"]) {
      if (form?.elements[name]) body.set(name, form.elements[name].value);
    }
    try {
      const answer = await post(this.dataset.url, body);
      if (answer.ok) this.show((await answer.json()).criteria);
    } catch {
      // Without network the rules stay listed; the server checks when the form is sent.
    }
  }

  show(criteria) {
    for (const line of this.querySelectorAll("[data-code]")) {
      const met = criteria[line.dataset.code] === true;
      line.classList.toggle("eg-is-done", met);
      let word = line.querySelector(".eg-criterion__word");
      if (!word) {
        word = document.createElement("span");
        word.className = "eg-criterion__word eg-visually-hidden";
        line.append(word);
      }
      word.textContent = ` (${met ? this.dataset.met : this.dataset.unmet})`;
    }
  }
}

customElements.define("eg-password-criteria", EgPasswordCriteria);
