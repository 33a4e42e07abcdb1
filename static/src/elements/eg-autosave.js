// <eg-autosave data-url="…" data-saved="Saved at %(time)s." data-merged="… another window …" data-saving="Saving…"
//   data-offline="No connection. …" data-restored="… is here again." data-failed="Not saved. …" data-clash="…"
//   data-compare="Compare"><form>…</form></eg-autosave>, with `<span data-autosave-status role="status">` on the page.
// Posts the whole form three seconds after the last change and when one leaves the page. Answer: {"saved_at": "10 h 14",
// "revision": "…", "values": {name: […]}}: `values` are those that another window saved meanwhile; `revision` goes into
// the field of that name once they are shown. 409 (changed elsewhere): {"url": page that compares}. What cannot be sent
// is kept in the tab (kept-page.js), shown again after a reload and sent when the connection is back. 403 `accounts.session_ended` stops it: eg-session leads to the login, and what was typed is kept.
import { bodyOf, fill, forget, keep, kept, valuesOf } from "./kept-page.js";
import { post } from "./requests.js";
import { tell } from "./save-status.js";

const WAIT = 3000;

class EgAutosave extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.changed = false;
    for (const name of ["input", "change"]) this.addEventListener(name, () => this.later());
    this.form.addEventListener("submit", (event) => this.pass(event));
    const leave = () => document.visibilityState === "hidden" && this.changed && this.save({ keepalive: true });
    const warn = (event) => this.changed && !navigator.onLine && event.preventDefault();
    this.control = new AbortController();
    const { signal } = this.control;
    document.addEventListener("visibilitychange", leave, { signal });
    window.addEventListener("online", () => this.changed && this.save(), { signal });
    window.addEventListener("beforeunload", warn, { signal });
    customElements.whenDefined("eg-rows").then(() => this.restore());
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.control?.abort();
  }

  /** The form itself is being sent: nothing more to do here, unless that would lead to the browser's error page. */
  async pass(event) {
    if (navigator.onLine || this.passing) {
      clearTimeout(this.timer);
      this.changed = false;
      forget(this.dataset.url);
      return;
    }
    event.preventDefault();
    this.changed = true;
    await this.save();
    if (this.changed || this.clashed || this.over) return;
    this.passing = true; // the browser was wrong: there is a connection
    this.form.requestSubmit(event.submitter);
  }

  /** Show what was typed in this tab and could not be sent before the page was loaded again. */
  restore() {
    const values = kept(this.dataset.url);
    if ("shownAgain" in this.form.dataset) forget(this.dataset.url);
    else if (values && fill(this.form, values)) {
      this.say(this.dataset.restored, "warning");
      this.changed = true;
      if (navigator.onLine) this.save();
    }
  }

  later() {
    if (this.clashed || this.filling) return;
    this.changed = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  async save({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (this.saving || this.clashed || this.over) return;
    this.saving = true;
    this.changed = false;
    this.say(this.dataset.saving);
    const sent = valuesOf(this.form);
    try {
      await this.read(await post(this.dataset.url, bodyOf(this.form), { keepalive }), sent);
    } catch {
      this.changed = true;
      keep(this.dataset.url, sent);
      this.say(this.dataset.offline, "warning");
    } finally {
      this.saving = false;
    }
    if (this.changed && navigator.onLine && !this.over) this.timer = setTimeout(() => this.save(), WAIT * 3);
  }

  async read(answer, sent) {
    const type = answer.headers.get("Content-Type") ?? "";
    const data = type.includes("json") ? await answer.json() : {};
    if (answer.ok && type.includes("json")) {
      forget(this.dataset.url);
      const revision = this.form.elements.revision;
      const merged = Object.keys(data.values ?? {}).length > 0;
      this.filling = true;
      const shown = !merged || fill(this.form, data.values, sent);
      this.filling = false;
      if (revision && data.revision !== undefined && shown) revision.value = data.revision;
      const words = (merged && shown && this.dataset.merged) || this.dataset.saved || "";
      this.say(words.replace("%(time)s", data.saved_at ?? ""), "saved");
    } else if (answer.status === 409) {
      this.clashed = true;
      this.say(this.dataset.clash, "warning", data.url);
    } else if (data.code === "accounts.session_ended") {
      this.over = this.changed = true; // eg-session takes what was typed to the page that keeps it
      this.say(data.title, "warning");
      document.dispatchEvent(new Event("eg-session-over"));
    } else {
      keep(this.dataset.url, sent);
      this.say(this.dataset.failed, "warning");
    }
  }

  say(text, tone, url) {
    tell(text, tone, url, this.dataset.compare);
  }
}

customElements.define("eg-autosave", EgAutosave);
