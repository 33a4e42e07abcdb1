// <eg-conditions data-rules='{"questions": [{id, type, show_if}], "answers": {id: answer}}'> around a form.
// Shows and hides the wrappers `[data-field="id"]` while one answers; the server decides again when it is sent.
// Without data-rules the rules are read from the wrappers: data-show-if (list of {field, op, value}) and data-type.
// Hidden questions count as unanswered; what was typed in them stays in the draft, and the server leaves it out when it sends.
import { asked } from "./conditions.js";
import { answerOf } from "./answers.js";

class EgConditions extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", this);
    this.addEventListener("change", this);
    this.handleEvent();
  }

  handleEvent() {
    const { questions, answers } = this.rules();
    const current = { ...answers };
    for (const question of questions) {
      const wrapper = this.wrapper(question.id);
      if (wrapper && question.type !== "calculated") current[question.id] = answerOf(question.type, this.controls(wrapper));
    }
    const visible = new Set(asked(questions, current));
    for (const question of questions) {
      const wrapper = this.wrapper(question.id);
      if (wrapper) this.show(wrapper, visible.has(question.id));
    }
  }

  rules() {
    if (this.dataset.rules) return { answers: {}, ...JSON.parse(this.dataset.rules) };
    const questions = [...this.querySelectorAll("[data-field]")].map((wrapper) => ({
      id: wrapper.dataset.field,
      type: wrapper.dataset.type ?? "text",
      show_if: wrapper.dataset.showIf ? JSON.parse(wrapper.dataset.showIf) : [],
    }));
    return { questions, answers: {} };
  }

  wrapper(id) {
    return this.querySelector(`[data-field="${CSS.escape(id)}"]`);
  }

  controls(wrapper) {
    return [...wrapper.querySelectorAll("input, select, textarea")];
  }

  show(wrapper, visible) {
    if (wrapper.hidden === visible) wrapper.hidden = !visible;
  }
}

customElements.define("eg-conditions", EgConditions);
