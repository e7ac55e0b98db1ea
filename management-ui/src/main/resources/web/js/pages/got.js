// Messages a queue gave, with their properties; a body that is no text is shown as octets.
import { html, nothing } from "../lib.js";
import { bytes, plural } from "../format.js";
import { badge, exchangeName } from "../parts.js";

/** Octets of a binary body that are shown. */
const SHOWN_MAX = 512;

export function gotMessage(one) {
  const { headers = {}, ...properties } = one.properties;
  return html`<article class="got" aria-label="A message">
    <p class="facts"><span class="badges">
      ${badge(html`${exchangeName(one.exchange)} / ${one.routing_key}`, "The exchange and the routing key")}
      ${badge(bytes(one.payload_bytes), "The size of the body")}
      ${one.redelivered ? badge("delivered before", "Somebody had it and gave it back", "warm") : nothing}
      ${one.payload_encoding === "base64" ? badge("binary", "The body is no text: its octets are shown", "warm") : nothing}
    </span></p>
    ${values("Properties", properties)}
    ${values("Application properties and annotations", headers)}
    <pre class="payload">${one.payload_encoding === "base64" ? octets(one.payload) : one.payload}</pre>
  </article>`;
}

function values(title, all) {
  const entries = Object.entries(all);
  return entries.length === 0 ? nothing : html`<p class="quiet small">${title}</p><dl class="list">${entries.map(([name, value]) => html`<div>
    <dt>${name}</dt><dd class="value">${typeof value === "object" ? JSON.stringify(value) : String(value)}</dd></div>`)}</dl>`;
}

function octets(base64) {
  const binary = atob(base64);
  const shown = [...binary.slice(0, SHOWN_MAX)].map((one) => one.charCodeAt(0).toString(16).padStart(2, "0"));
  const lines = [];
  for (let i = 0; i < shown.length; i += 16) lines.push(shown.slice(i, i + 16).join(" "));
  const rest = binary.length - shown.length;
  return lines.join("\n") + (rest > 0 ? `\nand ${plural(rest, "more octet")}` : "");
}
