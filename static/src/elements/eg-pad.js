// <eg-pad hidden><svg viewBox="0 0 600 200"><path/></svg><input type="hidden"><button type="button">Clear</button></eg-pad>:
// a place to draw a signature. The input holds the path: "M12 30 L14 31 …" in whole units of the field. Without scripts the
// place stays hidden: a name that is typed signs as well.
const LONGEST = 20000;

class EgPad extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    this.path = this.querySelector("path");
    this.sheet = this.querySelector("svg");
    this.hidden = false;
    this.sheet.addEventListener("pointerdown", (event) => this.begin(event));
    this.sheet.addEventListener("pointermove", (event) => this.draw(event));
    for (const name of ["pointerup", "pointercancel"]) this.sheet.addEventListener(name, () => (this.drawing = false));
    this.querySelector("button").addEventListener("click", () => this.set(""));
    this.path.setAttribute("d", this.field.value);
  }

  begin(event) {
    this.drawing = true;
    this.sheet.setPointerCapture(event.pointerId);
    this.set(`${this.field.value} M${this.place(event)}`.trim());
    event.preventDefault();
  }

  draw(event) {
    if (this.drawing) this.set(`${this.field.value} L${this.place(event)}`);
  }

  place(event) {
    const box = this.sheet.getBoundingClientRect();
    const inside = (value, most) => Math.min(most, Math.max(0, Math.round(value)));
    return `${inside(((event.clientX - box.left) / box.width) * 600, 600)} ${inside(((event.clientY - box.top) / box.height) * 200, 200)}`;
  }

  set(path) {
    if (path.length > LONGEST) return;
    this.field.value = path;
    this.path.setAttribute("d", path);
  }
}

customElements.define("eg-pad", EgPad);
