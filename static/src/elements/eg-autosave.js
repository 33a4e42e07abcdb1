// <eg-autosave data-url="…" data-saved="Saved at %(time)s." data-saving="Saving…" data-offline="Not saved: no connection. …"
//   data-failed="Not saved. …" data-clash="Changed in another window." data-compare="Compare">
//   <form>…</form></eg-autosave>, with `<span data-autosave-status role="status">` anywhere on the page.
// Posts the whole form three seconds after the last change and when one leaves the page. Answer: {"saved_at": "10 h 14",
// "revision": "…"}; `revision` goes into the field of that name. 409 (changed elsewhere): {"url": page that compares}.
import { post } from "./requests.js";

const WAIT = 3000;

class EgAutosave extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.changed = false;
    for (const name of ["input", "change"]) this.addEventListener(name, () => this.later());
    this.form.addEventListener("submit", () => this.rest());
    this.leave = () => document.visibilityState === "hidden" && this.changed && this.save({ keepalive: true });
    this.again = () => this.changed && this.save();
    document.addEventListener("visibilitychange", this.leave);
    window.addEventListener("online", this.again);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.leave);
    window.removeEventListener("online", this.again);
  }

  /** The form itself is being sent: nothing more to do here. */
  rest() {
    clearTimeout(this.timer);
    this.changed = false;
  }

  later() {
    if (this.clashed) return;
    this.changed = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  async save({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (this.saving || this.clashed) return;
    this.saving = true;
    this.changed = false;
    this.say(this.dataset.saving);
    try {
      const body = new FormData(this.form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      await this.read(await post(this.dataset.url, body, { keepalive }));
    } catch {
      this.changed = true;
      this.say(this.dataset.offline, "warning");
    } finally {
      this.saving = false;
    }
    if (this.changed && navigator.onLine) this.timer = setTimeout(() => this.save(), WAIT * 3);
  }

  async read(answer) {
    const type = answer.headers.get("Content-Type") ?? "";
    const data = type.includes("json") ? await answer.json() : {};
    if (answer.ok) {
      const revision = this.form.elements.revision;
      if (revision && data.revision !== undefined) revision.value = data.revision;
      this.say((this.dataset.saved ?? "").replace("%(time)s", data.saved_at ?? ""), "saved");
    } else if (answer.status === 409) {
      this.clashed = true;
      this.say(this.dataset.clash, "warning", data.url);
    } else {
      this.say(this.dataset.failed, "warning");
    }
  }

  say(text, tone = "", url = "") {
    for (const line of document.querySelectorAll("[data-autosave-status]")) {
      line.dataset.tone = tone;
      line.textContent = text ?? "";
      if (url) {
        const link = document.createElement("a");
        link.href = url;
        link.className = "utrecht-link utrecht-link--html-a";
        link.textContent = this.dataset.compare;
        line.append(" ", link);
      }
    }
  }
}

customElements.define("eg-autosave", EgAutosave);
