// Reads the answers of a form as the server would store them, as far as conditions need it.

/**
 * A typed number as a decimal: "1 250,50" and "1.250,50" are 1250.50. A single mark before exactly three digits could group
 * or divide ("1.500"): the server asks back, so here it counts as not answered. Anything else stays as it is.
 */
export function decimalText(text) {
  const compact = text.trim().replace(/[\s\u00a0\u2009\u202f'€]/g, "").replace("\u2212", "-");
  const marks = compact.match(/[.,]/g) ?? [];
  if (marks.length === 1 && /^[+-]?[0-9]{1,3}[.,][0-9]{3}$/.test(compact) && !/^[+-]?0/.test(compact)) return "";
  if (new Set(marks).size === 2) {
    const decimal = marks.at(-1);
    return compact.replaceAll(decimal === "," ? "." : ",", "").replace(decimal, ".");
  }
  return marks.length > 1 ? compact.replace(/[.,]/g, "") : compact.replace(",", ".");
}

/** A typed date as ISO: 27/06/2026, 27.6.2026 and 27-06-2026 are 2026-06-27. */
export function dateText(text) {
  const match = text.trim().match(/^([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]([0-9]{4})$/);
  if (!match) return text.trim();
  return `${match[3]}-${match[2].padStart(2, "0")}-${match[1].padStart(2, "0")}`;
}

/** A typed time as ISO: 14 h 30, 14.30 Uhr and 9:05 are 14:30, 14:30 and 09:05. */
export function timeText(text) {
  const match = text.trim().match(/^([0-9]{1,2})\s*(?:[:.hH]|uur|Uhr)?\s*([0-9]{2})?\s*(?:uur|Uhr|h)?$/);
  if (!match) return text.trim();
  return `${match[1].padStart(2, "0")}:${match[2] ?? "00"}`;
}

const READERS = { number: decimalText, money: decimalText, date: dateText, time: timeText };

/** The answer of one question: `controls` are the inputs of its wrapper. */
export function answerOf(type, controls) {
  const boxes = controls.filter((control) => control.type === "checkbox");
  if (type === "consent") return boxes.some((box) => box.checked);
  if (type === "choices") return boxes.filter((box) => box.checked).map((box) => box.value);
  const radios = controls.filter((control) => control.type === "radio");
  if (radios.length > 0) return radios.find((radio) => radio.checked)?.value ?? "";
  const filled = controls.filter((control) => control.type !== "hidden" && isFilled(control));
  if (type === "address" || type === "period" || type === "table" || type === "file") {
    return filled.length > 0 ? { filled: String(filled.length) } : "";
  }
  const control = controls.find((one) => one.type !== "hidden") ?? controls[0];
  if (!control) return "";
  if (control.multiple && control.selectedOptions) {
    return [...control.selectedOptions].map((option) => option.value);
  }
  const text = control.value ?? "";
  return text.trim() === "" ? "" : (READERS[type] ?? ((value) => value))(text);
}

function isFilled(control) {
  if (control.type === "checkbox") return control.checked;
  if (control.type === "file") return control.files.length > 0;
  return (control.value ?? "").trim() !== "";
}
