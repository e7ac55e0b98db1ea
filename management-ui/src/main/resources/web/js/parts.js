// Small pieces several pages use.
import { html, nothing } from "./lib.js";
import { argumentsText } from "./format.js";

/**
 * A button. One that is `off` does nothing, but keeps the focus: a `disabled` one would lose it, and
 * whoever has no mouse would begin again at the top of the page.
 */
export const button = ({ text, click, off = false, kind = "" }) => html`<button type="button" class=${kind || nothing}
  aria-disabled=${off ? "true" : nothing} @click=${(event) => !off && click(event)}>${text}</button>`;

/** A word with a meaning of its own, explained on hover and to screen readers. */
export const badge = (text, explanation, kind = "") =>
  html`<span class="badge ${kind}" title=${explanation}>${text}</span>`;

/** What an object is made with, as badges; everything else of its arguments as one more. */
export function features(object, known = []) {
  const values = object.arguments ?? {};
  const others = Object.fromEntries(
    Object.entries(values).filter(([name]) => name !== "x-queue-type" && !known.some(([key]) => key === name)));
  const rest = Object.keys(others).length;
  return html`<span class="badges">
    ${object.durable ? badge("durable", "Survives a restart") : badge("transient", "Gone after a restart", "warm")}
    ${object.auto_delete ? badge("auto-delete", "Deleted when its last user goes") : nothing}
    ${object.exclusive ? badge("exclusive", "Of one connection, and deleted with it") : nothing}
    ${object.internal ? badge("internal", "Clients cannot publish to it") : nothing}
    ${known.filter(([key]) => key in values).map(([key, short]) => badge(short, `${key} = ${values[key]}`))}
    ${rest ? badge(`+${rest}`, argumentsText(others)) : nothing}
  </span>`;
}

export function pageHeading(title, note) {
  return html`<header class="page-heading"><h1>${title}</h1>${note ? html`<p>${note}</p>` : nothing}</header>`;
}

export const figure = (label, value, note) =>
  html`<div class="figure"><dt>${label}</dt><dd>${value}</dd>${note ? html`<dd class="note">${note}</dd>` : nothing}</div>`;

export function empty(title, ...paragraphs) {
  return html`<div class="empty">
    <svg viewBox="0 0 64 40" width="72" height="45" aria-hidden="true"><path d="M12 12v6a8 8 0 0 0 8 8h24a8 8 0 0 0 8-8v-6M32 26v6"></path><circle cx="12" cy="8" r="4"></circle><circle cx="52" cy="8" r="4"></circle><circle cx="32" cy="35" r="4"></circle></svg>
    <h2>${title}</h2>
    ${paragraphs.map((text) => html`<p>${text}</p>`)}
  </div>`;
}

/** A name that is broken, if it must be, where its words end. */
export const breakable = (name) => name.split(/(?<=[._/:-])(?=[^._/:-])/).map((part, i) => i ? html`<wbr>${part}` : part);

/** The default exchange has no name. */
export const exchangeName = (name) => name === "" ? html`<span class="quiet">(default)</span>` : breakable(name);
