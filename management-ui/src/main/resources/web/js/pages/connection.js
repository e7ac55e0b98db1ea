// One connection with its sessions and links.
import { html, nothing } from "../lib.js";
import { get, path, put, remove, Refused } from "../api.js";
import "../chart.js";
import { bytes, count, duration, plural, rate, time } from "../format.js";
import { actionButton } from "../form.js";
import { badge, figure, pageHeading } from "../parts.js";
import { current, href } from "../router.js";
import { points, ranges, rates, spanChoice } from "../samples.js";
import { plainTable } from "../table.js";

export const connection = {
  name: "connection",
  title: "Connection",
  within: "connections",
  intervalMs: 2_000,

  async load(signal) {
    const at = path("connections", current().parameters.name ?? "");
    const [found, sessions] = await Promise.all(
      [get(at, ranges("data_rates"), signal), sessionsOf(at, signal)]);
    return { connection: found, sessions, at, node: found.node };
  },

  view({ connection: shown, sessions, at }, refresh) {
    return html`
      ${pageHeading(html`<a class="crumb" href=${href("connections")}>Connections</a> ${shown.peer_host}:${shown.peer_port}`, shown.name)}
      <p class="facts"><span class="badges">
        ${badge(shown.state, shown.state === "blocked" ? "Publishes, and waits because of an alarm" : "Works normally", shown.state === "blocked" ? "warm" : "good")}
        ${badge(shown.protocol, "The protocol")}
        ${shown.ssl ? badge(`${shown.ssl_protocol}`, shown.ssl_cipher, "good") : badge("plain text", "Without TLS", "warm")}
        ${shown.traced ? badge("traced", "Its frames are written to the log", "warm") : nothing}</span></p>
      <div class="actions">
        ${shown.traced
          ? actionButton({ id: "trace", text: "Stop tracing", run: () => remove(`${at}/trace`), done: refresh })
          : actionButton({ id: "trace", text: "Trace its frames", run: () => put(`${at}/trace`), done: refresh })}
        ${actionButton({ id: "close", text: "Close", kind: "danger", question: `Close the connection of ${shown.user} from ${shown.peer_host}?`,
          run: () => remove(at, "Closed by the operator"), done: () => { location.hash = href("connections"); } })}
      </div>
      <dl class="figures">
        ${figure("Publish/s", rate(shown.message_stats?.publish_details?.rate), `${bytes(shown.recv_oct_details?.rate)}/s in`)}
        ${figure("Deliver/s", rate(shown.message_stats?.deliver_get_details?.rate), `${bytes(shown.send_oct_details?.rate)}/s out`)}
        ${figure("Accept/s", rate(shown.message_stats?.ack_details?.rate))}
        ${figure("Sessions", count(shown.channels))}
        ${figure("Open for", html`<span class="small">${duration(Date.now() - shown.connected_at)}</span>`)}
      </dl>
      ${spanChoice()}
      <div class="charts">
        ${chart(shown.message_stats ?? {})}
        <section class="card"><h2>Since it was opened</h2><dl class="list">
          ${totals(shown.message_stats ?? {}).map(([label, value]) => html`<div><dt>${label}</dt><dd>${count(value)}</dd></div>`)}
          <div><dt>Octets in and out</dt><dd>${bytes(shown.recv_oct)}, ${bytes(shown.send_oct)}</dd></div></dl></section>
      </div>
      ${sessions.map(session)}
      <div class="card"><h2>Who it is</h2><dl class="list">
        ${[["User", shown.user], ["Virtual host", shown.vhost], ["Container", shown.container_id], ["Login", shown.auth_mechanism],
          ["Since", time(shown.connected_at)], ["Frame size", bytes(shown.frame_max)], ["Idle time-out", `${shown.timeout} s`],
          ...Object.entries(shown.client_properties)].map(([name, value]) => html`<div><dt>${name}</dt>
            <dd class="value">${typeof value === "object" ? JSON.stringify(value) : String(value)}</dd></div>`)}</dl></div>`;
  },
};

/** The connection may go between two requests. */
async function sessionsOf(at, signal) {
  try {
    return await get(`${at}/sessions`, {}, signal);
  } catch (failure) {
    if (failure instanceof Refused && failure.status === 404) return [];
    throw failure;
  }
}

const SERIES = [{ name: "Published", colour: "series-1" }, { name: "Delivered", colour: "series-2" }, { name: "Accepted", colour: "series-3" }];

const chart = (stats) => html`<section class="card"><h2>Messages a second</h2><live-chart .series=${SERIES}
  .points=${points(rates(stats.publish_details), rates(stats.deliver_get_details), rates(stats.ack_details))}></live-chart></section>`;

/** What the counters say; those of a publisher and of a consumer apart. */
const totals = (stats) => [...published(stats), ...delivered(stats)];

const published = (stats) => [["Published", stats.publish], ["Confirmed", stats.confirm],
  ["Unroutable", (stats.return_unroutable ?? 0) + (stats.drop_unroutable ?? 0)]];

const delivered = (stats) => [["Delivered", stats.deliver_get], ["Redelivered", stats.redeliver], ["Accepted", stats.ack]];

const counters = (of) => of({}).map(([label], index) => ({ label, numeric: true,
  cell: ({ message_stats: stats }) => stats ? count(of(stats)[index][1]) : "–" }));

const link = (label) => ({ label, className: "name", cell: (one) => one.link_name });

const PUBLISHING = [
  link("Publishes"),
  { label: "Address", className: "mono name", cell: (one) => one.target_address ?? html`<span class="quiet">(each message names its own)</span>` },
  { label: "Credit", numeric: true, cell: (one) => count(one.credit) },
  { label: "Unconfirmed", numeric: true, cell: (one) => count(one.unconfirmed_messages) },
  ...counters(published),
];

const CONSUMING = [
  link("Consumes"),
  { label: "Address", className: "mono name", cell: (one) => html`${one.source_address}${(one.filter ?? []).map((filter) =>
    html`<br><span class="quiet">${filter.name}: ${filter.value}</span>`)}` },
  { label: "Credit", numeric: true, cell: (one) => count(one.credit) },
  { label: "Unsettled", numeric: true, cell: (one) => count(one.unsettled) },
  ...counters(delivered),
];

function session(one) {
  const key = ({ handle }) => handle;
  const many = one.incoming_links.length + one.outgoing_links.length;
  return html`<section class="session"><h2>Session ${one.channel_number}</h2>
    <p class="quiet">Windows: in ${count(one.incoming_window)}, out ${count(one.remote_incoming_window)}.
      ${plural(one.outgoing_unsettled_deliveries, "unsettled delivery", "unsettled deliveries")}.</p>
    ${one.message_stats && many > 0 ? html`<p class="quiet">${totals(one.message_stats).map(([label, value]) => `${label} ${count(value)}`).join(", ")}.</p>` : nothing}
    ${many === 0 ? html`<p class="quiet">No links.</p>` : nothing}
    ${one.incoming_links.length ? plainTable({ label: "Publishing links", columns: PUBLISHING, rows: one.incoming_links, key }) : nothing}
    ${one.outgoing_links.length ? plainTable({ label: "Consuming links", columns: CONSUMING, rows: one.outgoing_links, key }) : nothing}
  </section>`;
}
