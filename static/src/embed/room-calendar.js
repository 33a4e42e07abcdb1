// <eg-room-calendar room="kiosque" lang="de" view="week" theme="auto"><a href="…">See when the room is free</a></eg-room-calendar>
// For pages of others: shows when a room is free, in its own shadow. It reads one public address without cookies and keeps
// nothing. Without scripts the link inside stays. `base` names another portal than the one that the script comes from.
// A page styles it with `::part(calendar head title table foot)` and the theme's custom properties on the element.
import styles from "./room-calendar.css";

const GIVEN = __GUICHET__;
const HOME = new URL(import.meta.url).origin;

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
    this.load();
  }

  disconnectedCallback() {
    this.asked?.abort();
  }

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
    const address = new URL(`/embed/rooms/${encodeURIComponent(this.getAttribute("room") ?? "")}.json`, this.getAttribute("base") ?? HOME);
    address.search = new URLSearchParams({ lang: this.language, [view]: at });
    this.body.setAttribute("aria-busy", "true");
    this.body.classList.add("busy-now");
    if (!this.drawn) this.body.replaceChildren(make("p", {}, words.loading), make("slot"));
    try {
      const answer = await fetch(address, { credentials: "omit", signal: asked.signal });
      const found = await answer.json();
      if (!answer.ok) this.fail(found.title ?? words.failed, words, view, at);
      else this.draw(found);
    } catch (error) {
      if (asked.signal.aborted) return;
      this.fail(words.failed, words, view, at);
    }
    this.body.removeAttribute("aria-busy");
    this.body.classList.remove("busy-now");
  }

  /** Say what went wrong; what was shown before goes, since it may be out of date. The page's own link comes back. */
  fail(text, words, view, at) {
    this.drawn = false;
    const again = make("button", { type: "button", onclick: () => this.load(view, at) }, words.retry);
    this.body.replaceChildren(make("div", { class: "failed", role: "alert" }, make("p", {}, text), again), make("slot"));
  }

  draw(found) {
    const { words, view } = found;
    const held = this.shadowRoot.activeElement?.dataset.act;
    const button = (act, at, kind = "") =>
      make("button", { type: "button", class: kind, "data-act": act, onclick: () => this.load(act in { month: 1, week: 1 } ? act : view, at) }, words[act]);
    const other = view === "week" ? "month" : "week";
    const title = make("h2", { part: "title", id: "title" }, found.room.name, make("span", {}, found.title));
    const nav = make("div", { class: "nav", part: "nav" }, button("previous", found.previous), button("today", found.today), button("following", found.following));
    const foot = make("div", { class: "foot", part: "foot" }, button(other, found.other, "link"));
    foot.append(make("p", {}, make("a", { href: found.room.url }, words.open)));
    if (view === "week") foot.append(make("p", {}, words.note));
    this.body.lang = found.lang;
    this.body.setAttribute("aria-labelledby", "title");
    this.body.replaceChildren(
      make("div", { class: "head", part: "head" }, title, nav),
      ...(found.limit ? [make("p", { class: "limit" }, found.limit)] : []),
      view === "week" ? this.week(found) : this.month(found),
      foot,
    );
    if (this.drawn) this.said.textContent = `${found.room.name}, ${found.title}`;
    this.drawn = true;
    if (held) this.body.querySelector(`[data-act="${held}"]`)?.focus();
  }

  week({ words, columns, rows }) {
    const head = make("tr", {}, make("th", { scope: "col" }, make("span", { class: "hidden" }, words.day)));
    head.append(...columns.map((column) => make("th", { scope: "col", colspan: column.parts }, column.label)));
    const lines = rows.map((row) => {
      const day = make("th", { scope: "row" }, `${row.weekday} `, make("small", {}, make("time", { datetime: row.day }, row.short)));
      return make("tr", {}, day, ...row.cells.map((cell) => this.cell(cell, row, words)));
    });
    return make("table", { class: "week", part: "table", "aria-labelledby": "title" }, make("thead", {}, head), make("tbody", {}, ...lines));
  }

  cell(cell, row, words) {
    const hours = make("span", { class: "hours" }, cell.hours);
    const more = make("span", { class: "hidden" }, `, ${row.weekday} ${cell.hours}: ${words.choose}`);
    const slot = cell.url
      ? make("a", { class: `slot ${cell.kind}`, href: cell.url, rel: "nofollow" }, hours, cell.word, more)
      : make("span", { class: `slot ${cell.kind}` }, hours, cell.word);
    return make("td", { colspan: cell.parts, class: cell.wide ? "wide" : "" }, slot);
  }

  month({ columns, rows }) {
    const head = make("tr", {}, ...columns.map(({ label, short }) => make("th", { scope: "col" }, make("abbr", { title: label }, short))));
    const lines = rows.map((row) => make("tr", {}, ...row.map((day) => make("td", {}, day.day ? this.day(day) : ""))));
    return make("table", { class: "month", part: "table", "aria-labelledby": "title" }, make("thead", {}, head), make("tbody", {}, ...lines));
  }

  /** A day leads to its week, here; opened in a new tab, on the portal. */
  day({ kind, day, number, word, week, url }) {
    const open = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.load("week", week);
    };
    return make("a", { class: `slot ${kind}`, href: url, rel: "nofollow", onclick: open }, make("time", { datetime: day }, String(number)), ` ${word}`);
  }
}

if (!customElements.get("eg-room-calendar")) customElements.define("eg-room-calendar", EgRoomCalendar);
