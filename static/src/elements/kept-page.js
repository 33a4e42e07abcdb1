// The values of a form in the tab's own storage while they cannot be sent, and the way back into the form. The storage
// ends with the tab; files are never in it.

const PREFIX = "eg-kept:";

/** All values by name of input, empty lists for boxes that are not ticked. */
export function valuesOf(form) {
  const data = new FormData(form);
  const values = {};
  for (const control of form.elements) {
    const skipped = ["file", "submit", "button", "fieldset", "output"].includes(control.type);
    if (!control.name || skipped || control.name === "csrfmiddlewaretoken" || control.disabled) continue;
    values[control.name] = data.getAll(control.name);
  }
  return values;
}

/** What is sent of a form by itself: all but files. */
export function bodyOf(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  return body;
}

export function keep(url, values) {
  try {
    sessionStorage.setItem(PREFIX + url, JSON.stringify(values));
  } catch {
    // no room or not allowed: the page itself still holds them
  }
}

export function kept(url) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + url));
  } catch {
    return null;
  }
}

export function forget(url) {
  sessionStorage.removeItem(PREFIX + url);
}

/**
 * Put values into the inputs of their names; answers whether all of them found a place. Nothing is put in when one does
 * not, or when an input no longer holds what it held in `before`: somebody is typing there.
 */
export function fill(form, values, before = null) {
  setRows(form, values);
  const now = valuesOf(form);
  const names = Object.keys(values).filter((name) => String(values[name]) !== String(now[name] ?? ""));
  const plan = names.map((name) => [name, controlsOf(form, name)]);
  const fits = ([name, controls]) => controls.length > 0 && (isChoice(controls) || controls.length === 1);
  const untouched = ([name]) => !before || String(before[name] ?? "") === String(now[name] ?? "");
  if (!plan.every((step) => fits(step) && untouched(step))) return false;
  for (const [name, controls] of plan) put(controls, values[name]);
  for (const [, controls] of plan) controls[0].dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function put(controls, wanted) {
  for (const control of controls) {
    if (control.options) {
      for (const option of control.options) option.selected = wanted.includes(option.value);
    } else if (isChoice([control])) control.checked = wanted.includes(control.value);
    else control.value = wanted[0] ?? "";
  }
}

/** Give tables as many rows as the values have, by their own buttons; what had the focus keeps it. */
function setRows(form, values) {
  const focused = document.activeElement;
  for (const table of form.querySelectorAll("eg-rows[data-prefix]")) {
    const name = `${table.dataset.prefix}-TOTAL_FORMS`;
    const wanted = Number(values[name]?.[0] ?? NaN);
    for (let tries = 0; tries < 100; tries += 1) {
      const total = Number(form.elements[name]?.value ?? NaN);
      if (Number.isNaN(wanted - total) || wanted === total) break;
      const buttons = [...table.querySelectorAll(wanted > total ? "[data-add]" : "[data-remove]")];
      if (buttons.length === 0) break;
      buttons.at(-1).click();
    }
  }
  if (focused !== document.activeElement) focused?.focus?.();
}

const isChoice = (controls) => controls.every((one) => one.type === "checkbox" || one.type === "radio");
const controlsOf = (form, name) => [...form.elements].filter((one) => one.name === name);
