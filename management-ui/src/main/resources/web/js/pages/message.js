// One message with everything it carries.
import { html, nothing } from "../lib.js";
import { get, path } from "../api.js";
import { bytes, count, duration, time } from "../format.js";
import { figure, pageHeading } from "../parts.js";
import { current, href } from "../router.js";
import { plainTable } from "../table.js";

export const message = {
  name: "message",
  title: "Message",
  within: "queues",
  intervalMs: 5_000,

  async load(signal) {
    const { vhost = "/", queue = "", id = "" } = current().parameters;
    const found = await get(path("queues", vhost, queue, "messages", id), {}, signal);
    return { message: found, vhost, queue };
  },

  view({ message: shown, vhost, queue }) {
    return html`
      ${pageHeading(html`<a class="crumb" href=${href("queues")}>Queues</a>
        <a class="crumb" href=${href("queue", { vhost, name: queue })}>${queue}</a> Message`)}
      <dl class="figures">
        ${figure("State", shown.state, shown.held_ms !== undefined ? `for ${duration(shown.held_ms)}` : nothing)}
        ${figure("Size", bytes(shown.size_bytes))}
        ${figure("Failed deliveries", count(shown.delivery_count))}
        ${figure("Came", html`<span class="small">${time(shown.enqueued_at)}</span>`)}
        ${figure("Expires", html`<span class="small">${shown.expires_at ? time(shown.expires_at) : "never"}</span>`)}
      </dl>
      ${shown.connection ? html`<p class="explanation">Held by
        <a href=${href("connection", { name: shown.connection })}>${shown.connection}</a> (${shown.consumer_tag}).</p>` : nothing}
      <div class="card"><h2>Body <span class="quiet">${shown.body.type}</span></h2>
        <pre class="payload">${body(shown.body)}</pre>
        ${shown.body.truncated ? html`<p class="quiet">Only its beginning is shown.</p>` : nothing}</div>
      <div class="split">
        ${section("Where it came from", { exchange: shown.exchange || "(default)", "routing key": shown.routing_key })}
        ${section("Header", shown.header)}
        ${section("Properties", shown.properties)}
        ${section("Application properties", shown.application_properties)}
        ${section("Message annotations", withoutDeaths(shown))}
        ${Object.keys(shown.footer).length ? section("Footer", shown.footer) : nothing}
      </div>
      ${shown.deaths.length ? deaths(shown.deaths, vhost) : nothing}`;
  },
};

/** They have a table of their own. */
function withoutDeaths({ message_annotations: annotations, deaths: list }) {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => name !== "x-opt-deaths" || list.length === 0));
}

function body(shown) {
  if (shown.json !== undefined) return JSON.stringify(shown.json, null, 2);
  if (shown.text !== undefined) return shown.text;
  if (shown.hex !== undefined) return shown.hex.replace(/(.{2})/g, "$1 ").replace(/(.{48})/g, "$1\n");
  return JSON.stringify(shown.value, null, 2);
}

function section(title, values) {
  const entries = Object.entries(values);
  return html`<div class="card"><h2>${title}</h2>
    ${entries.length === 0 ? html`<p class="quiet">None.</p>` : html`<dl class="list">${entries.map(([name, value]) => html`<div>
      <dt>${name}</dt><dd class="value">${typeof value === "object" ? JSON.stringify(value) : String(value)}</dd></div>`)}</dl>`}</div>`;
}

const deathColumns = (vhost) => [
  { label: "Queue", className: "name", cell: (death) => html`<a href=${href("queue", { vhost, name: death.queue })}>${death.queue}</a>` },
  { label: "Reason", cell: (death) => death.reason },
  { label: "Times", numeric: true, cell: (death) => count(death.count) },
  { label: "First", className: "quiet", cell: (death) => time(death.first_time) },
  { label: "Last", className: "quiet", cell: (death) => time(death.last_time) },
  { label: "Was published to", className: "name", cell: (death) => `${death.exchange || "(default)"} / ${death.routing_keys.join(", ")}` },
];

function deaths(list, vhost) {
  return html`<section><h2>Deaths</h2>
    ${plainTable({ label: "Deaths", columns: deathColumns(vhost), rows: list, key: (death) => `${death.queue}\n${death.reason}` })}</section>`;
}
