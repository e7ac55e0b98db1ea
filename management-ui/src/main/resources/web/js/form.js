// A form that speaks to the broker: shows what it refuses beside the field it is about, and keeps
// what was typed while the page around it is drawn again.
import { html, nothing } from "./lib.js";
import { Refused, Unreachable } from "./api.js";
import { button } from "./parts.js";
import { redraw } from "./redraw.js";

/** How each form stands, by its id: {busy, error, field, note}. Forgotten with the page. */
const states = new Map();

addEventListener("hashchange", () => states.clear());

/**
 * `fields`: [{name, label, type, value, options, placeholder, help, required, wide, refusedAs}] where
 * type is text, number, password, textarea, select, checkbox or file. A refusal is shown beside the
 * field it names in its beginning, or else beside the first field with something in `refusedAs` that
 * fits: the name the API has for it, or a pattern of its reasons. `submit(values)` does it, and may
 * return a sentence to show. `done(form)` is called after that, `edited()` after any change.
 */
export function form({ id, fields, action, submit, done, edited, danger = false, reset = true }) {
  const state = states.get(id) ?? {};
  const send = (event) => {
    event.preventDefault();
    run(id, event.currentTarget, fields, submit, reset, done);
  };
  const edit = () => {
    edited?.();
    // What was said of the form is no longer about what it holds.
    const told = states.get(id);
    if (told && !told.busy) states.delete(id);
    if (told || edited) redraw();
  };
  return html`<form class="form" id=${id} @submit=${send} @input=${edit} autocomplete="off" novalidate>
    ${fields.map((field) => row(id, field, state))}
    <div class="form-end">
      <button type="submit" class=${danger ? "danger" : "primary"} aria-disabled=${state.busy ? "true" : nothing}>${action}</button>
      <span class="form-note" role="status">${state.note ?? nothing}</span>
      ${state.error && !state.field ? html`<span class="form-error" role="alert">${state.error}</span>` : nothing}
    </div>
  </form>`;
}

function row(id, field, state) {
  const key = `${id}-${field.name}`;
  const wrong = state.field === field.name ? state.error : null;
  const describedBy = wrong || field.help ? `${key}-note` : nothing;
  return html`<div class="form-row ${field.type === "checkbox" ? "form-check" : ""} ${field.wide ? "wide" : ""}">
    <label for=${key}>${field.label}</label>
    ${input(key, field, describedBy, wrong)}
    ${wrong ? html`<p class="form-error" id="${key}-note" role="alert">${wrong}</p>`
      : field.help ? html`<p class="form-help" id="${key}-note">${field.help}</p>` : nothing}
  </div>`;
}

function input(key, field, describedBy, wrong) {
  const { name, type = "text", value = "", options, placeholder = "" } = field;
  const invalid = wrong ? "true" : nothing;
  if (type === "textarea") {
    return html`<textarea id=${key} name=${name} rows="4" placeholder=${placeholder} spellcheck="false"
      aria-describedby=${describedBy} aria-invalid=${invalid}>${value}</textarea>`;
  }
  if (type === "select") {
    return html`<select id=${key} name=${name} aria-describedby=${describedBy} aria-invalid=${invalid}
      @change=${() => redraw()}>
      ${options.map(([option, text]) => html`<option value=${option} ?selected=${option === value}>${text}</option>`)}
    </select>`;
  }
  if (type === "checkbox") {
    return html`<input id=${key} name=${name} type="checkbox" ?checked=${value} aria-describedby=${describedBy} aria-invalid=${invalid}>`;
  }
  return html`<input id=${key} name=${name} type=${type} value=${value} placeholder=${placeholder}
    autocomplete=${type === "password" ? "new-password" : "off"} spellcheck="false"
    aria-describedby=${describedBy} aria-invalid=${invalid}>`;
}

async function run(id, element, fields, submit, reset, done) {
  if (states.get(id)?.busy) return;
  const values = read(element, fields);
  const fault = faultOf(element, fields, values);
  if (fault) {
    states.set(id, fault);
    redraw();
    return element.elements[fault.field].focus();
  }
  states.set(id, { busy: true });
  redraw();
  try {
    const note = await submit(values);
    states.set(id, { note: typeof note === "string" ? note : "Done." });
    if (reset) element.reset();
    done?.(element);
  } catch (failure) {
    states.delete(id);
    states.set(id, told(failure, fields));
  }
  redraw();
}

/** What can be seen to be wrong without asking the broker. */
function faultOf(element, fields, values) {
  const noNumber = fields.find(({ name, type }) => type === "number" && element.elements[name].validity.badInput);
  if (noNumber) return { field: noNumber.name, error: "This is not a number." };
  const missing = fields.find(({ name, required }) => required && (values[name] === undefined || values[name] === ""));
  return missing ? { field: missing.name, error: "This is needed." } : null;
}

function read(element, fields) {
  const values = {};
  for (const { name, type } of fields) {
    const control = element.elements[name];
    if (type === "checkbox") values[name] = control.checked;
    else if (type === "file") values[name] = control.files[0];
    else if (type === "number") values[name] = control.value === "" ? undefined : Number(control.value);
    else values[name] = control.value;
  }
  return values;
}

/** How the API says that there is no such virtual host. */
export const NO_VHOST = /^no vhost '|^vhost '.*' does not exist|^vhost name '/s;

/** What to say of a failure; what nobody foresaw is thrown on. */
export function reasonOf(failure) {
  if (failure instanceof Unreachable) return "The broker cannot be reached.";
  if (!(failure instanceof Refused) && !(failure instanceof TypeError) && !(failure instanceof SyntaxError)) throw failure;
  return failure.message;
}

function told(failure, fields) {
  const error = reasonOf(failure);
  return { error, field: failure instanceof Unreachable ? undefined : fieldOf(error, fields)?.name };
}

/** The field a refusal is about, if it is about one. */
function fieldOf(reason, fields) {
  const named = reason.match(/^([\w.[\]-]+): /)?.[1];
  const isWithin = (name) => named?.startsWith(`${name}.`) || named?.startsWith(`${name}[`);
  const find = (fits) => fields.find(({ name, refusedAs = [] }) => [name, refusedAs].flat().some(fits));
  return find((name) => name === named)
    ?? find((name) => typeof name === "string" && isWithin(name))
    ?? find((pattern) => pattern instanceof RegExp && pattern.test(reason));
}

/** Takes back what was said of a form. */
export function forgetState(id) {
  states.delete(id);
}

/** What a form field holds at the moment, for parts of a page that depend on it. */
export function valueOf(id, name) {
  return document.getElementById(`${id}-${name}`)?.value;
}

/** A button that does something, after asking if `question` is given. */
export function actionButton({ id, text, question, run: act, kind = "", done }) {
  const state = states.get(id) ?? {};
  const click = async () => {
    if (question && !confirm(question)) return;
    states.set(id, { busy: true });
    redraw();
    try {
      await act();
      states.delete(id);
      done?.();
    } catch (failure) {
      states.delete(id);
      states.set(id, { error: reasonOf(failure) });
    }
    redraw();
  };
  return html`<span class="act">${button({ text, kind, off: state.busy, click })}
    ${state.error ? html`<span class="form-error" role="alert">${state.error}</span>` : nothing}</span>`;
}
