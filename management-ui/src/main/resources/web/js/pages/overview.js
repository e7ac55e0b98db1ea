// What the broker holds and does, at a glance.
import { html, nothing } from "../lib.js";
import { get } from "../api.js";
import "../chart.js";
import { count, duration, rate, short } from "../format.js";
import { figure, pageHeading } from "../parts.js";
import { href } from "../router.js";
import { levels, ranges, rates, spanChoice } from "../samples.js";
import { certificateText, limitText, protocolName } from "./warnings.js";

const RATES = [
  { name: "Published", colour: "series-1" },
  { name: "Delivered", colour: "series-2" },
  { name: "Accepted", colour: "series-3" },
];
const LEVELS = [
  { name: "Ready", colour: "series-1" },
  { name: "Unsettled", colour: "series-3" },
];
const ALARMS = {
  disk: "The disk is nearly full. Publishers wait until there is room; consumers go on.",
  memory: "Memory is nearly used up. Publishers wait; consumers go on.",
  journal: "The journal cannot be written. Publishers wait; nothing is confirmed that is not stored.",
};

export const overview = {
  name: "overview",
  title: "Overview",
  intervalMs: 1_000,

  load: (signal) => get("/overview", ranges("msg_rates", "lengths"), signal),

  view(data) {
    const stats = data.message_stats;
    const totals = data.queue_totals;
    const objects = data.object_totals;
    return html`
      ${pageHeading("Overview", `${data.product_name} ${data.product_version}, up ${duration(data.uptime)}`)}
      ${data.alarms.map(alarm)}
      ${warnings(data)}
      <dl class="figures">
        ${figure("Ready", short(totals.messages_ready), "waiting for a consumer")}
        ${figure("Unsettled", short(totals.messages_unacknowledged), "with consumers")}
        ${hasRates(stats) ? rateFigures(stats) : nothing}
      </dl>
      ${hasRates(stats) ? charts(stats, totals)
        : html`<p class="explanation">Rates and charts of the whole broker are for users with the tag monitoring.</p>`}
      <div class="halves">
        <section class="card">
          <h2>What there is</h2>
          <dl class="list">
            ${entry("Queues", objects.queues, "queues")}
            ${entry("Exchanges", objects.exchanges, "exchanges")}
            ${entry("Connections", objects.connections, "connections")}
            ${entry("Consumers", objects.consumers)}
            ${hasRates(stats) ? html`${entry("Unroutable, returned", stats.return_unroutable)}
              ${entry("Unroutable, pre-settled", stats.drop_unroutable)}` : nothing}
          </dl>
        </section>
        <section class="card">
          <h2>Listeners</h2>
          <dl class="list">
            ${data.listeners.map((listener) => html`<div>
              <dt>${protocolName(listener.protocol)}${listener.tls ? " (TLS)" : nothing}</dt>
              <dd class="mono">${listener.ip_address}:${listener.port}</dd></div>`)}
          </dl>
        </section>
      </div>`;
  },
};

/** Only who may see everything is told what everybody does. */
const hasRates = (stats) => stats.publish_details !== undefined;

function rateFigures(stats) {
  return html`
    ${figure("Published", rate(stats.publish_details.rate), "a second")}
    ${figure("Delivered", rate(stats.deliver_get_details.rate), "a second")}
    ${figure("Accepted", rate(stats.ack_details.rate), "a second")}`;
}

function charts(stats, totals) {
  return html`${spanChoice()}<div class="charts">
    <section class="card" aria-label="Message rates">
      <h2>Messages a second</h2>
      <live-chart .series=${RATES} .points=${ratePoints(stats)}></live-chart>
    </section>
    <section class="card" aria-label="Messages in queues">
      <h2>Messages in queues</h2>
      <live-chart .series=${LEVELS} .points=${levelPoints(totals)}></live-chart>
    </section>
  </div>`;
}

function alarm({ resource }) {
  return html`<div class="banner" role="alert"><strong>Alarm: ${resource}.</strong>
    ${ALARMS[resource] ?? "Publishers wait until it is over."}</div>`;
}

/** What somebody should see to before it becomes an alarm. */
function warnings({ certificate_warnings: certificates, limits_reached: limits }) {
  if (certificates.length + limits.length === 0) return nothing;
  return html`<section class="banner warm" aria-label="Warnings"><ul>
    ${certificates.map((certificate) => html`<li>${certificateText(certificate)}</li>`)}
    ${limits.map((limit) => html`<li>${limitText(limit)}</li>`)}
  </ul></section>`;
}

function entry(label, value, page) {
  return html`<div><dt>${page ? html`<a href=${href(page)}>${label}</a>` : label}</dt><dd>${count(value)}</dd></div>`;
}

function ratePoints(stats) {
  const published = rates(stats.publish_details);
  return [published.seconds, published.values,
    rates(stats.deliver_get_details).values, rates(stats.ack_details).values];
}

function levelPoints(totals) {
  const ready = levels(totals.messages_ready_details);
  return [ready.seconds, ready.values, levels(totals.messages_unacknowledged_details).values];
}
