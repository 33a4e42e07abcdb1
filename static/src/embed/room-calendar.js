// <eg-room-calendar room="kiosque" lang="de" view="week" theme="auto"><a href="…">See when the room is free</a></eg-room-calendar>
// For pages of others: shows when a room is free, in its own shadow. It reads one public address without cookies and keeps
// nothing. Without scripts the link inside stays. `base` names another portal than the one that the script comes from.
// A page styles it with `::part(calendar head title nav table slot foot)` and the theme's custom properties on the element.
import styles from "./room-calendar.css";

const GIVEN = __GUICHET__;
const HOME = new URL(import.meta.url).origin;
/** After so many milliseconds without an answer there is none; what was drawn so long ago is asked for again. */
const PATIENCE = 15_000;
const FRESH = 300_000;

const sheet = new CSSStyleSheet();
sheet.replaceSync(GIVEN.tokens + styles);

/** An element with properties and children; `class` and names with a dash are attributes. */
function make(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== "" && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== "" && child !== undefined));
  return made;
}

class EgRoomCalendar extends HTMLElement {
  static observedAttributes = ["room", "lang", "view", "base"];

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
      this.said = make("p", { class: "hidden", role: "status" });
      this.body = make("section", { class: "calendar", part: "calendar" });
      this.shadowRoot.append(this.said, this.body);
    }
    document.addEventListener("visibilitychange", this.wake);
    this.load();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.wake);
    this.asked?.abort();
  }

  /** Somebody comes back to a tab of yesterday: show what is free now, unless the person stands in the calendar. */
  wake = () => {
    const old = this.drawn && Date.now() - this.drawn > FRESH;
    if (old && !document.hidden && !this.shadowRoot.activeElement) this.load(this.shown.view, this.shown.at);
  };

  attributeChangedCallback(_name, before, after) {
    if (this.shadowRoot && before !== after) this.load();
  }

  get language() {
    const wanted = this.closest("[lang]")?.lang.slice(0, 2).toLowerCase() ?? "";
    return wanted in GIVEN.words ? wanted : GIVEN.language;
  }

  /** Show a week ("2026-W49") or a month ("2026-12"); this week or month when nothing is said. */
  async load(view = this.getAttribute("view") === "month" ? "month" : "week", at = "") {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const words = GIVEN.words[this.language];
    const inside = this.shadowRoot.activeElement;
    this.stood = inside && (inside.dataset.act ?? "title");
    const address = new URL(`/embed/rooms/${encodeURIComponent(this.getAttribute("room") ?? "")}.json`, this.getAttribute("base") ?? HOME);
    address.search = new URLSearchParams({ lang: this.language, [view]: at });
    this.body.setAttribute("aria-busy", "true");
    this.body.classList.add("busy-now");
    if (!this.drawn) this.body.replaceChildren(make("p", { class: "waiting" }, words.loading), make("slot"));
    const again = make("button", { type: "button", "data-act": "retry", onclick: () => this.load(view, at) }, words.retry);
    try {
      const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(PATIENCE)]);
      const answer = await fetch(address, { credentials: "omit", signal });
      const found = await answer.json();
      if (answer.ok) this.draw(found);
      else if (answer.status < 500 && found.title) this.fail(found.title);
      else this.fail(words.failed, again);
    } catch {
      if (asked.signal.aborted) return;
      this.fail(words.failed, again);
    }
    this.body.removeAttribute("aria-busy");
    this.body.classList.remove("busy-now");
  }

  /** Say what went wrong; what was shown before goes, since it may be out of date. The page's own link comes back. */
  fail(text, ...again) {
    this.drawn = 0;
    this.body.removeAttribute("aria-labelledby");
    this.body.replaceChildren(make("div", { class: "failed", role: "alert" }, make("p", {}, text), ...again), make("slot"));
    this.stand();
  }

  /** Keep the place of who uses the keyboard: the same button, or the title above what is new. */
  stand() {
    if (!this.stood || (document.activeElement !== document.body && document.activeElement !== this)) return;
    (this.body.querySelector(`[data-act="${this.stood}"]`) ?? this.body.querySelector("#title, button"))?.focus();
  }

  draw(found) {
    const { words, view } = found;
    const button = (act, at, kind = "") =>
      make("button", { type: "button", class: kind, "data-act": act, onclick: () => this.load(act in { month: 1, week: 1 } ? act : view, at) }, words[act]);
    const other = view === "week" ? "month" : "week";
    const title = make("h2", { part: "title", id: "title", tabindex: "-1" }, found.room.name, make("span", {}, found.title));
    const nav = make("div", { class: "nav", part: "nav" }, button("previous", found.previous), button("today", found.today), button("following", found.following));
    const foot = make("div", { class: "foot", part: "foot" }, button(other, found.other, "link"));
    foot.append(make("a", { href: found.room.url }, words.open));
    const waits = view === "week" && found.rows.some((row) => row.cells.some((cell) => cell.kind === "option"));
    if (waits) foot.append(make("p", {}, words.note));
    this.body.lang = found.lang;
    this.body.setAttribute("aria-labelledby", "title");
    this.body.replaceChildren(
      make("div", { class: "head", part: "head" }, title, nav),
      ...(found.limit ? [make("p", { class: "limit" }, found.limit)] : []),
      view === "week" ? this.week(found) : this.month(found),
      foot,
    );
    if (this.drawn) this.said.textContent = `${found.room.name}, ${found.title}`;
    this.shown = found;
    this.drawn = Date.now();
    this.stand();
  }

  /** A table that stays one for screen readers when a narrow column turns it into a list (hence the roles). */
  table(kind, heads, lines) {
    const row = (cells) => make("tr", { role: "row" }, ...cells);
    const group = (tag, rows) => make(tag, { role: "rowgroup" }, ...rows.map(row));
    return make("table", { class: kind, role: "table", part: "table", "aria-labelledby": "title" }, group("thead", [heads]), group("tbody", lines));
  }

  week({ words, columns, rows }) {
    const head = (given, ...inside) => make("th", { role: "columnheader", scope: "col", ...given }, ...inside);
    const heads = columns.map((column) => head({ colspan: column.parts }, column.label));
    const lines = rows.map((row) => {
      const short = make("small", {}, make("time", { datetime: row.day }, row.short));
      const mark = row.current ? { class: "current", "aria-current": "date" } : {};
      return [make("th", { role: "rowheader", scope: "row", ...mark }, make("span", {}, row.weekday), " ", short), ...row.cells.map((cell) => this.cell(cell, row, words))];
    });
    return this.table("week", [head({}, make("span", { class: "hidden" }, words.day)), ...heads], lines);
  }

  cell(cell, row, words) {
    const hours = make("span", { class: "hours" }, cell.hours);
    const more = make("span", { class: "hidden" }, `, ${row.weekday} ${cell.hours}: ${words.choose}`);
    const given = { class: `slot ${cell.kind}`, part: `slot ${cell.kind}` };
    const slot = cell.url
      ? make("a", { ...given, href: cell.url, rel: "nofollow" }, hours, cell.word, more)
      : make("span", given, hours, cell.word);
    return make("td", { role: "cell", colspan: cell.parts, class: cell.wide ? "wide" : "" }, slot);
  }

  month({ columns, rows }) {
    const heads = columns.map(({ label, short }) => make("th", { role: "columnheader", scope: "col" }, make("abbr", { title: label }, short)));
    const lines = rows.map((row) => row.map((day) => make("td", { role: "cell" }, day.day ? this.day(day) : "")));
    return this.table("month", heads, lines);
  }

  /** A day leads to its week, here; opened in a new tab, on the portal. */
  day({ kind, day, number, word, week, url, current }) {
    const open = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.load("week", week);
    };
    const mark = current ? { "aria-current": "date" } : {};
    const given = { class: `slot ${kind}`, part: `slot ${kind}`, href: url, rel: "nofollow", onclick: open, ...mark };
    return make("a", given, make("time", { datetime: day }, String(number)), ` ${word}`);
  }
}

if (!customElements.get("eg-room-calendar")) customElements.define("eg-room-calendar", EgRoomCalendar);
