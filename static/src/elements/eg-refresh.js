// <eg-refresh data-every="2">…</eg-refresh>: while it has data-every, asks for the page again after so many seconds and
// takes over what stands in its own place there. While nobody answers it has data-offline and keeps what it shows.
// Without scripts a link inside reloads the page.
class EgRefresh extends HTMLElement {
  connectedCallback() {
    this.plan();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  plan() {
    clearTimeout(this.timer);
    const seconds = Number(this.dataset.every);
    if (seconds > 0) this.timer = setTimeout(() => this.ask(), 1000 * seconds);
  }

  async ask() {
    let fresh = null;
    try {
      const asked = { headers: { Accept: "text/html" }, credentials: "same-origin", cache: "no-cache" };
      const answer = await fetch(location.href, asked);
      const gone = answer.redirected || (answer.status >= 400 && answer.status < 500 && answer.status !== 429);
      const page = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
      fresh = page?.querySelector(this.localName) ?? null;
      if (gone || (page && !fresh)) return;
    } catch {
      // no connection: the next try will tell
    }
    this.toggleAttribute("data-offline", !fresh);
    if (fresh) {
      this.take(fresh);
      this.dataset.every = fresh.dataset.every ?? "";
    }
    this.plan();
  }

  /** Keep what is the same, so that screen readers hear a change once and the focus stays. */
  take(fresh) {
    const said = this.querySelector("[role=status]");
    const heard = fresh.querySelector("[role=status]");
    if (said && heard && said.textContent !== heard.textContent) said.replaceChildren(...heard.cloneNode(true).childNodes);
    const bar = this.querySelector("progress");
    const moved = fresh.querySelector("progress");
    if (bar && moved) {
      bar.max = moved.max;
      bar.value = moved.value;
      return;
    }
    for (const child of [...this.children]) if (child !== said) child.remove();
    for (const child of [...fresh.children]) if (child !== heard) this.append(document.importNode(child, true));
  }
}

customElements.define("eg-refresh", EgRefresh);
