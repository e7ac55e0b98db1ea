// What is wrong or about to be: alarms, limits that are reached, certificates, messages nobody got.
import { html, nothing } from "../lib.js";
import { get } from "../api.js";
import { bytes, time } from "../format.js";
import { badge, exchangeName, figure, pageHeading } from "../parts.js";
import { href } from "../router.js";

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
        ${overview.limits_reached.map((one) => html`<li>The ${one.scope} ${one.name} has reached its limit of ${one.value} ${one.limit.replace("max-", "")}.</li>`)}
        ${overview.certificate_warnings.map((one) => html`<li>${typeof one === "string" ? one : JSON.stringify(one)}</li>`)}</ul></div>`}
      <dl class="figures">
        ${figure("Memory", bytes(found.heap_used), `of the heap; alarm at ${bytes(found.heap_limit)}`)}
        ${figure("Disk free", bytes(found.disk_free), `alarm below ${bytes(found.disk_free_limit)}`)}
        ${figure("Files open", found.fd_used, `of ${found.fd_total}`)}
      </dl>
      <h2>Messages no queue got</h2>
      ${unroutable.length === 0 ? html`<p class="quiet">None of late.</p>` : html`<div class="table-frame"><table aria-label="Unroutable messages">
        <thead><tr><th scope="col">Exchange</th><th scope="col">Routing key</th><th scope="col">Reason</th><th scope="col">From</th><th scope="col">When</th></tr></thead>
        <tbody>${unroutable.map((one) => html`<tr><th scope="row" class="name"><a href=${href("exchange", { vhost: one.vhost, name: one.exchange || "amq.default", tab: "explain" })}>${exchangeName(one.exchange)}</a></th>
          <td class="mono name">${one.routing_key}</td><td class="wide">${one.reason}</td><td>${one.user ?? `queue ${one.queue}`}</td><td class="quiet">${time(one.at)}</td></tr>`)}</tbody></table></div>`}
      <h2>Bindings that never matched</h2>
      ${idle.items.length === 0 ? html`<p class="quiet">None.</p>` : html`<div class="table-frame"><table aria-label="Bindings that never matched">
        <thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Binding key</th></tr></thead>
        <tbody>${idle.items.map((one) => html`<tr><th scope="row" class="name"><a href=${href("exchange", { vhost: one.vhost, name: one.source })}>${one.source}</a></th>
          <td class="name"><a href=${href(one.destination_type, { vhost: one.vhost, name: one.destination })}>${one.destination}</a> ${one.destination_type === "exchange" ? badge("exchange", "") : nothing}</td>
          <td class="mono name">${one.routing_key}</td></tr>`)}</tbody></table></div>`}
      ${idle.filtered_count > idle.items.length ? html`<p class="quiet">And ${idle.filtered_count - idle.items.length} more.</p>` : nothing}`;
  },
};
