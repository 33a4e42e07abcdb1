// <eg-rows data-prefix="items"> around a Django formset: `[data-rows]` holds the rows `[data-row]`, a <template> holds an
// empty row with __prefix__, `[data-add]` and `[data-remove]` are buttons that also work without script (they submit).
// Keeps TOTAL_FORMS right; a removed row that was saved is marked DELETE and hidden. data-max: most rows.
class EgRows extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[data-rows]");
    this.template = this.querySelector("template");
    this.total = this.querySelector(`[name="${this.dataset.prefix}-TOTAL_FORMS"]`);
    if (!this.list || !this.template || !this.total) return;
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-add], [data-remove]");
      if (!button) return;
      event.preventDefault();
      if (button.matches("[data-add]")) this.add();
      else this.remove(button.closest("[data-row]"));
      this.dispatchEvent(new Event("change", { bubbles: true }));
    });
    this.update();
  }

  rows() {
    return [...this.list.querySelectorAll("[data-row]")].filter((row) => !row.hidden);
  }

  add() {
    const index = Number(this.total.value);
    const holder = document.createElement("template");
    holder.innerHTML = this.template.innerHTML.replaceAll("__prefix__", String(index));
    const row = holder.content.querySelector("[data-row]");
    this.list.append(holder.content);
    this.total.value = String(index + 1);
    this.update();
    row?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  }

  remove(row) {
    if (!row) return;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const mark = row.querySelector("[name$='-DELETE']");
    if (mark) {
      mark.checked = true;
      mark.value = "on";
      row.hidden = true;
    } else {
      row.remove();
      this.renumber();
    }
    this.update();
    (next?.querySelector("input:not([type=hidden]), select, textarea") ?? this.querySelector("[data-add]"))?.focus();
  }

  /** Rows without DELETE are simply gone: number what is left from zero. */
  renumber() {
    const pattern = new RegExp(`\\b${this.dataset.prefix}-\\d+\\b`, "g");
    const rows = [...this.list.querySelectorAll("[data-row]")];
    rows.forEach((row, index) => {
      for (const element of [row, ...row.querySelectorAll("*")]) {
        for (const attribute of element.attributes) {
          if (["id", "name", "for", "aria-describedby", "aria-labelledby", "data-field"].includes(attribute.name)) {
            attribute.value = attribute.value.replace(pattern, `${this.dataset.prefix}-${index}`);
          }
        }
      }
    });
    this.total.value = String(rows.length);
  }

  update() {
    const count = this.rows().length;
    const add = this.querySelector("[data-add]");
    if (add) add.hidden = count >= Number(this.dataset.max ?? Infinity);
    const status = this.querySelector("[data-count]");
    if (status) status.textContent = String(count);
  }
}

customElements.define("eg-rows", EgRows);
