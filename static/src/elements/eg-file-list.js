// <eg-file-list><form>… table with input[name=file] in each row, input[data-all] hidden, [data-count] …</form></eg-file-list>
// Ticks all, ticks a range with Shift, says how many are ticked. Inside the table: arrows or j and k go from row to row,
// x ticks, Enter opens. The letters work only while the focus is in the table (WCAG 2.1.4).
class EgFileList extends HTMLElement {
  connectedCallback() {
    this.all = this.querySelector("input[data-all]");
    this.count = this.querySelector("[data-count]");
    if (this.all) {
      this.all.hidden = false;
      this.all.addEventListener("change", () => {
        for (const box of this.boxes()) box.checked = this.all.checked;
        this.tell();
      });
    }
    this.addEventListener("click", (event) => this.range(event));
    this.addEventListener("change", () => this.tell());
    this.querySelector("table")?.addEventListener("keydown", (event) => this.key(event));
    this.tell();
  }

  boxes() {
    return [...this.querySelectorAll("input[name=file]")];
  }

  tell() {
    const boxes = this.boxes();
    const ticked = boxes.filter((box) => box.checked).length;
    if (this.count) this.count.textContent = ticked ? `(${ticked})` : "";
    if (this.all) {
      this.all.checked = ticked > 0 && ticked === boxes.length;
      this.all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    for (const box of boxes) box.closest("tr").classList.toggle("eg-bo-ticked", box.checked);
  }

  range(event) {
    const box = event.target.closest?.("input[name=file]");
    if (!box) return;
    const boxes = this.boxes();
    if (event.shiftKey && this.last) {
      const [from, to] = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      this.tell();
    }
    this.last = box;
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const row = event.target.closest("tbody tr");
    if (!row) return;
    const box = row.querySelector("input[name=file]");
    const steps = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
    if (event.key in steps) {
      const next = steps[event.key] > 0 ? row.nextElementSibling : row.previousElementSibling;
      const onLink = event.target.matches("a");
      (onLink ? next?.querySelector("a") : next?.querySelector("input[name=file]"))?.focus();
    } else if (event.key === "x") {
      box.click();
    } else if (event.key === "Enter" && event.target === box) {
      row.querySelector("a").click();
    } else {
      return;
    }
    event.preventDefault();
  }
}

customElements.define("eg-file-list", EgFileList);
