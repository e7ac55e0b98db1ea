// One exchange: its bindings, publishing to it, and where a message would go and why.
import { html, nothing } from "../lib.js";
import { get, path, post, remove } from "../api.js";
import "../chart.js";
import { count, plural, rate, argumentsText } from "../format.js";
import { actionButton, form } from "../form.js";
import { badge, exchangeName, figure, pageHeading } from "../parts.js";
import { current, href } from "../router.js";
import { points, ranges, rates, spanChoice } from "../samples.js";
import { explanation, light } from "./explanation.js";
import { bindingList, bindingParameters } from "./lists.js";
import { parsed } from "./parsed.js";
import { publishForm } from "./queue.js";

const TABS = [["bindings", "Bindings"], ["explain", "Explain a route"], ["publish", "Publish"], ["figures", "Figures"]];

/** Exchanges that are shown as leading to this one. */
const INCOMING_MAX = 50;

/** What the broker told of a route, of this page only. */
let explained = null;
addEventListener("hashchange", () => { explained = null; });

export const exchange = {
  name: "exchange",
  title: "Exchange",
  within: "exchanges",
  intervalMs: 3_000,

  async load(signal) {
    const { vhost = "/", name = "", tab = "bindings" } = current().parameters;
    const at = path("exchanges", vhost, name);
    const found = await get(at, tab === "figures" ? ranges("msg_rates") : {}, signal);
    if (tab !== "bindings") return { exchange: found, at, tab };
    const bindings = await get(`${at}/bindings/source`, bindingParameters(), signal);
    const incoming = await get(`${at}/bindings/destination`, { page: 1, page_size: INCOMING_MAX }, signal);
    return { exchange: found, at, tab, bindings, incoming };
  },

  view(data, refresh) {
    const { exchange: shown, at, tab } = data;
    const inPath = shown.name || "amq.default";
    return html`
      ${pageHeading(html`<a class="crumb" href=${href("exchanges")}>Exchanges</a> ${exchangeName(shown.name)}`)}
      <p class="facts"><span class="badges">${badge(shown.vhost, "The virtual host")}${badge(shown.type, "The type of the exchange")}
        ${shown.durable ? badge("durable", "Survives a restart") : badge("transient", "Gone after a restart", "warm")}
        ${shown.internal ? badge("internal", "Clients cannot publish to it") : nothing}
        ${Object.keys(shown.arguments).length ? badge(argumentsText(shown.arguments), "Its arguments") : nothing}</span></p>
      ${shown.name === "" || shown.name.startsWith("amq.") ? nothing : html`<div class="actions">
        ${actionButton({ id: "delete", text: "Delete", kind: "danger", question: `Delete exchange ${shown.name} with its bindings?`,
          run: () => remove(at), done: () => { location.hash = href("exchanges"); } })}</div>`}
      <dl class="figures">
        ${figure("In/s", rate(shown.message_stats?.publish_in_details?.rate), `${count(shown.message_stats?.publish_in)} since the start`)}
        ${figure("Out/s", rate(shown.message_stats?.publish_out_details?.rate), `${count(shown.message_stats?.publish_out)} since the start, each queue counted`)}
      </dl>
      <nav class="tabs" aria-label="Parts of the exchange">
        ${TABS.map(([tabName, text]) => html`<a href=${href("exchange", { vhost: shown.vhost, name: inPath, tab: tabName })}
          aria-current=${tabName === tab ? "page" : nothing}>${text}</a>`)}
      </nav>
      <section class="tab">${parts[tab]?.(data, refresh) ?? nothing}</section>`;
  },
};

const parts = {
  bindings: ({ exchange: shown, bindings, incoming }, refresh) => html`
    ${bindingList(shown, "exchange", bindings, refresh)}
    ${incoming.total_count ? html`<h2>Bound to other exchanges</h2>${incomingList(shown, incoming, refresh)}` : nothing}`,

  publish: ({ exchange: shown }, refresh) => html`<div class="card">${publishForm({
    id: "publish", exchange: shown.name || "amq.default", vhost: shown.vhost, key: "", fixedKey: false, done: refresh })}</div>`,

  figures: ({ exchange: { message_stats: stats = {} } }) => html`${spanChoice()}<div class="card"><h2>Messages a second</h2>
    <live-chart .series=${[{ name: "In", colour: "series-1" }, { name: "Out", colour: "series-2" }]}
      .points=${points(rates(stats.publish_in_details), rates(stats.publish_out_details))}></live-chart></div>`,

  explain: ({ exchange: shown, at }) => html`
    <div class="card">${form({ id: "explain", action: "Explain", reset: false,
      fields: [
        { name: "routing_key", label: "Routing key" },
        { name: "headers", label: "Application properties", placeholder: '{"kind": "video"}', help: "As JSON; may be left out." },
        { name: "annotations", label: "Message annotations", placeholder: '{"x-cc": ["video.old"]}', help: "As JSON; x-cc names more keys." },
        { name: "body_bytes", label: "Size of the body", type: "number", help: "In octets; 0 if left out." },
        { name: "ttl", label: "Time to live", type: "number", help: "In milliseconds." },
        { name: "priority", label: "Priority", type: "number" },
        { name: "durable", label: "Durable", type: "checkbox", value: true },
        { name: "user", label: "As user", help: "Left empty, as you." },
      ],
      submit: async (typed) => {
        explained = await post(`${at}/explain`, question(typed));
        light(shown.vhost, explained);
        return `${plural(explained.queues.length, "queue")}.`;
      } })}</div>
    ${explained ? html`${explanation(explained, shown.vhost)}
      <p><a href=${href("topology", { vhost: shown.vhost, lit: "1" })}>Show it in the topology</a></p>` : nothing}`,
};

/** What is asked: what was typed, without what was left out. */
function question({ routing_key: key, durable, user, ...typed }) {
  const asked = { routing_key: key, durable, ...(user ? { user } : {}) };
  for (const name of ["headers", "annotations"]) if (typed[name]) asked[name] = parsed(name, typed[name]);
  for (const name of ["body_bytes", "ttl", "priority"]) if (typed[name] !== undefined) asked[name] = typed[name];
  return asked;
}

/** The first of them, without a pager: that one belongs to the list above. */
function incomingList(shown, { items, total_count: total }, refresh) {
  return html`${bindingList({ ...shown, name: "" }, "queue",
    { items, total_count: items.length, filtered_count: items.length, page_count: 1 }, refresh)}
    ${total > items.length ? html`<p class="quiet">And ${count(total - items.length)} more.</p>` : nothing}`;
}
