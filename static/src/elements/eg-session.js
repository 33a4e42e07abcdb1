// <eg-session data-left="1200" data-absolute="28800" data-warn="120" data-status-url="…" data-extend-url="…"
//   data-ended-url="…" data-hour="%(hour)s h %(minute)s" data-say="… %(time)s" data-title="…"><dialog role="alertdialog">
//   [data-clock] [data-at] [data-status], [data-idle] and [data-last] (one is shown), [data-stay], [data-close]</dialog>
// Asks before the session ends, in all tabs; at its end leads to the page that says why, with nothing lost.
import { post } from "./requests.js";
import { SessionClock, hour, minutes } from "./session-clock.js";
import { leave, noteChange } from "./session-end.js";

const ANNOUNCED = [120, 60, 30];

class EgSession extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.warn = Number(this.dataset.warn);
    this.pageTitle = document.title;
    this.clock = new SessionClock((kind) => this.hear(kind));
    this.clock.learn(Number(this.dataset.left), Number(this.dataset.absolute));
    this.timer = setInterval(() => this.tick(), 1000);
    this.gone = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, act, { signal: this.gone.signal });
    on(document, "visibilitychange", () => document.visibilityState === "visible" && this.ask());
    on(window, "pageshow", (event) => event.persisted && this.ask());
    on(document, "eg-session-over", () => this.ask());
    on(document, "submit", (event) => event.target.matches("[data-log-out]") && this.clock.tell("leaving"));
    on(document, "input", () => (this.lastTyped = Date.now()));
    on(document, "input", noteChange);
    on(this, "click", ({ target }) => {
      if (target.closest("[data-stay]")) this.stay();
      if (target.closest("[data-close]")) this.hide();
    });
    on(this.dialog, "cancel", (event) => {
      event.preventDefault();
      if (this.clock.extendable) this.stay();
      else this.hide();
    });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.clock.close();
    this.gone.abort();
  }

  tick() {
    const { left, end, extendable } = this.clock;
    if (left > this.warn) this.hide();
    else if (left <= 0) this.ask();
    else if (this.dialog.open) this.count(left);
    else if (this.putAway !== end) Date.now() - (this.lastTyped ?? 0) < 60_000 && extendable ? this.stay() : this.ask();
  }

  hear(kind) {
    if (kind === "over") this.ask();
    else if (kind === "leaving") setTimeout(() => this.ask(), 2000);
    else if (this.clock.left > this.warn) this.hide();
  }

  /** Ask the server: another tab, window or device may have changed everything. */
  ask() {
    return this.request(() => fetch(this.dataset.statusUrl, { headers: { Accept: "application/json" } }));
  }

  stay() {
    this.hide();
    return this.request(() => post(this.dataset.extendUrl));
  }

  async request(send) {
    if (this.asking || this.finished) return;
    this.asking = true;
    try {
      const state = await (await send()).json();
      if (state.authenticated) this.clock.learn(state.seconds_left, state.absolute_seconds_left);
      else if (state.authenticated === false || state.code === "accounts.session_ended") this.over();
    } catch {
      // No connection: what was typed stays on this page; the next second asks again.
    }
    this.asking = false;
    const { left, end } = this.clock;
    if (left > 0 && left <= this.warn && this.putAway !== end) this.show();
  }

  show() {
    if (this.dialog.open || this.finished) return;
    const lasts = this.clock.extendable;
    for (const part of this.dialog.querySelectorAll("[data-idle], [data-last]")) part.hidden = part.matches("[data-idle]") !== lasts;
    const at = hour(this.clock.end, this.dataset.hour);
    for (const part of this.dialog.querySelectorAll("[data-at]")) part.textContent = at;
    delete this.announced;
    this.dialog.showModal();
    this.dialog.querySelector(lasts ? "[data-stay]" : "[data-close]").focus();
    this.count(this.clock.left);
  }

  /** Show the time; say it aloud at 120, 60 and 30 seconds only. */
  count(left) {
    this.dialog.querySelector("[data-clock]").textContent = minutes(left);
    document.title = `${minutes(left)} ${this.dataset.title} – ${this.pageTitle}`;
    const step = ANNOUNCED.findLast((second) => left <= second) ?? Infinity;
    if (step >= (this.announced ?? Infinity)) return;
    this.announced = step;
    this.dialog.querySelector("[data-status]").textContent = this.dataset.say.replace("%(time)s", minutes(left));
  }

  hide() {
    if (!this.dialog.open) return;
    this.putAway = this.clock.end;
    this.dialog.close();
    document.title = this.pageTitle;
  }

  over() {
    this.finished = true;
    clearInterval(this.timer);
    this.clock.tell("over");
    leave(this.dataset.endedUrl);
  }
}

customElements.define("eg-session", EgSession);
