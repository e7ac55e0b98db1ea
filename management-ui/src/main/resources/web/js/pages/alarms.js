// What is wrong or about to be: alarms, limits that are reached, certificates, messages nobody got.
import { html, nothing } from "../lib.js";
import { get } from "../api.js";
import { bytes, count, time } from "../format.js";
import { badge, exchangeName, figure, pageHeading } from "../parts.js";
import { href } from "../router.js";
import { plainTable } from "../table.js";
import { certificateText, limitText } from "./warnings.js";

export const alarms = {
  name: "alarms",
  title: "Alarms",
  intervalMs: 2_000,
  requires: "monitoring",
  refusal: "Alarms are for users with the tag monitoring or administrator.",

  async load(signal) {
    const [overview, [found], unroutable, idle] = await Promise.all([get("/overview", {}, signal), get("/nodes", {}, signal),
      get("/unroutable", {}, signal), get("/bindings", { never_matched: true, page: 1, page_size: 50 }, signal)]);
    return { overview, found, unroutable, idle, node: found.name };
  },

  view({ overview, found, unroutable, idle }) {
    const quiet = overview.alarms.length + overview.limits_reached.length + overview.certificate_warnings.length === 0;
    return html`
      ${pageHeading("Alarms")}
      ${quiet ? html`<p class="banner good">No alarm is in effect, and no limit is reached.</p>` : html`<div class="banner" role="alert"><ul>
        ${overview.alarms.map(({ resource }) => html`<li>Alarm: ${resource}. Publishers wait.</li>`)}
        ${overview.limits_reached.map((one) => html`<li>${limitText(one)}</li>`)}
        ${overview.certificate_warnings.map((one) => html`<li>${certificateText(one)}</li>`)}</ul></div>`}
      <dl class="figures">
        ${figure("Memory", bytes(found.heap_used), `of the heap; alarm at ${bytes(found.heap_limit)}`)}
        ${figure("Disk free", bytes(found.disk_free), `alarm below ${bytes(found.disk_free_limit)}`)}
        ${figure("Files open", found.fd_used, `of ${found.fd_total}`)}
      </dl>
      <h2>Messages no queue got</h2>
      ${unroutable.length === 0 ? html`<p class="quiet">None of late.</p>` : plainTable({
        label: "Unroutable messages", columns: UNROUTABLE, rows: unroutable, key: keyOf })}
      <h2>Bindings that never matched</h2>
      ${idle.items.length === 0 ? html`<p class="quiet">None.</p>` : plainTable({
        label: "Bindings that never matched", columns: IDLE, rows: idle.items, key: keyOf })}
      ${idle.filtered_count > idle.items.length ? html`<p class="quiet">And ${count(idle.filtered_count - idle.items.length)} more.</p>` : nothing}`;
  },
};

/** The same may have happened twice. */
const keyOf = (one, index) => index;

const UNROUTABLE = [
  { label: "Exchange", className: "name", cell: (one) => html`<a
    href=${href("exchange", { vhost: one.vhost, name: one.exchange || "amq.default", tab: "explain" })}>${exchangeName(one.exchange)}</a>` },
  { label: "Routing key", className: "mono name", cell: (one) => one.routing_key },
  { label: "Reason", className: "wide", cell: (one) => one.reason },
  { label: "From", className: "word", cell: (one) => one.user ?? `queue ${one.queue}` },
  { label: "When", className: "quiet", cell: (one) => time(one.at) },
];

const IDLE = [
  { label: "From", className: "name", cell: (one) => html`<a href=${href("exchange", { vhost: one.vhost, name: one.source })}>${one.source}</a>` },
  { label: "To", className: "name", cell: (one) => html`<a
    href=${href(one.destination_type, { vhost: one.vhost, name: one.destination })}>${one.destination}</a>
    ${one.destination_type === "exchange" ? badge("exchange", "Routes on to another exchange") : nothing}` },
  { label: "Binding key", className: "mono name", cell: (one) => one.routing_key },
];
