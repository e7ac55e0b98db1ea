// A form that speaks to the broker: shows what it refuses beside the field it names, and keeps what
// was typed while the page around it is drawn again.
import { html, nothing } from "./lib.js";
import { Refused, Unreachable } from "./api.js";
import { redraw } from "./redraw.js";

/** How each form stands, by its id: {busy, error, field, note}. Forgotten with the page. */
const states = new Map();

addEventListener("hashchange", () => states.clear());

/**
 * `fields`: [{name, label, type, value, options, placeholder, help, required, wide}] where type is
 * text, number, password, textarea, select, checkbox or file. `submit(values)` does it, and may
 * return a sentence to show. `done(form)` is called after that.
 */
export function form({ id, fields, action, submit, done, danger = false, reset = true }) {
  const state = states.get(id) ?? {};
  const send = (event) => {
    event.preventDefault();
    run(id, event.currentTarget, fields, submit, reset, done);
  };
  return html`<form class="form" id=${id} @submit=${send} autocomplete="off" novalidate>
    ${fields.map((field) => row(id, field, state))}
    <div class="form-end">
      <button type="submit" class=${danger ? "danger" : "primary"} ?disabled=${state.busy}>${action}</button>
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
    return html`<input id=${key} name=${name} type="checkbox" ?checked=${value} aria-describedby=${describedBy}>`;
  }
  return html`<input id=${key} name=${name} type=${type} value=${value} placeholder=${placeholder}
    autocomplete=${type === "password" ? "new-password" : "off"} spellcheck="false"
    aria-describedby=${describedBy} aria-invalid=${invalid}>`;
}

async function run(id, element, fields, submit, reset, done) {
  const values = read(element, fields);
  const missing = fields.find((field) => field.required && !values[field.name]);
  if (missing) {
    states.set(id, { field: missing.name, error: "This is needed." });
    return redraw();
  }
  states.set(id, { busy: true });
  redraw();
  try {
    const note = await submit(values);
    states.set(id, { note: typeof note === "string" ? note : "Done." });
    if (reset) element.reset();
    done?.(element);
  } catch (failure) {
    states.set(id, told(failure, fields));
  }
  redraw();
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

/** The broker's reason begins with the field it is about, if it is about one. */
function told(failure, fields) {
  if (failure instanceof Unreachable) return { error: "The broker cannot be reached." };
  if (!(failure instanceof Refused) && !(failure instanceof TypeError) && !(failure instanceof SyntaxError)) throw failure;
  const named = failure.message.match(/^([\w.[\]-]+): /)?.[1];
  const field = fields.find(({ name, refusedAs }) => named && (name === named || refusedAs === named));
  return { error: failure.message, field: field?.name };
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
      states.set(id, told(failure, []));
    }
    redraw();
  };
  return html`<span class="action"><button type="button" class=${kind || nothing} ?disabled=${state.busy} @click=${click}>${text}</button>
    ${state.error ? html`<span class="form-error" role="alert">${state.error}</span>` : nothing}</span>`;
}
