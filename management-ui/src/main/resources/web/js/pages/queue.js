// One queue: its figures, its messages, who consumes them, and what can be done with it.
import { html, nothing } from "../lib.js";
import { get, path, put, remove, post } from "../api.js";
import { bytes, count, plural, rate, argumentsText } from "../format.js";
import { actionButton, form } from "../form.js";
import { badge, empty, figure, pageHeading } from "../parts.js";
import { current, href } from "../router.js";
import { levels, points, ranges, rates, spanChoice } from "../samples.js";
import { plainTable } from "../table.js";
import { gotMessage } from "./got.js";
import { bindingList, bindingParameters } from "./lists.js";
import { messageBrowser, loadMessages } from "./messages.js";
import { mendPanel } from "./mend.js";
import { parsed } from "./parsed.js";
import "../chart.js";

const TABS = [["messages", "Messages"], ["mend", "Move and mend"], ["figures", "Figures"],
  ["consumers", "Consumers"], ["bindings", "Bindings"], ["send", "Publish and get"]];

export const queue = {
  name: "queue",
  title: "Queue",
  within: "queues",
  intervalMs: 2_000,

  async load(signal) {
    const { vhost = "/", name, tab = "messages" } = current().parameters;
    const at = path("queues", vhost, name ?? "");
    const ranged = tab === "figures" ? ranges("lengths", "msg_rates") : {};
    const found = await get(at, ranged, signal);
    const more = {};
    if (tab === "messages") more.page = await loadMessages(at, signal);
    if (tab === "mend") more.mendings = await get("/mendings", {}, signal);
    if (tab === "bindings") more.bindings = await get(`${at}/bindings`, bindingParameters(), signal);
    return { queue: found, at, tab, node: found.node, ...more };
  },

  view(data, refresh) {
    const { queue: shown, at, tab } = data;
    return html`
      ${pageHeading(html`<a class="crumb" href=${href("queues")}>Queues</a> ${shown.name}`)}
      <p class="facts">${facts(shown)}</p>
      ${controls(shown, at, refresh)}
      <dl class="figures">
        ${figure("Ready", count(shown.messages_ready), bytes(shown.message_bytes_ready))}
        ${figure("Unsettled", count(shown.messages_unacknowledged))}
        ${figure("Consumers", count(shown.consumers))}
        ${figure("Publish/s", rate(shown.message_stats?.publish_details?.rate))}
        ${figure("Deliver/s", rate(shown.message_stats?.deliver_get_details?.rate))}
      </dl>
      <nav class="tabs" aria-label="Parts of the queue">
        ${TABS.map(([name, text]) => html`<a href=${href("queue", { vhost: shown.vhost, name: shown.name, tab: name })}
          aria-current=${name === tab ? "page" : nothing}>${text}</a>`)}
      </nav>
      <section class="tab">${parts[tab]?.(data, refresh) ?? nothing}</section>`;
  },
};

const parts = {
  messages: ({ queue: shown, at, page }) => messageBrowser(shown, at, page),
  mend: ({ queue: shown, at, mendings }, refresh) => mendPanel(shown, at, mendings, refresh),
  figures: ({ queue: shown }) => charts(shown),
  consumers: ({ queue: shown }) => consumers(shown.consumer_details),
  bindings: ({ queue: shown, bindings }, refresh) => bindingList(shown, "queue", bindings, refresh),
  send: ({ queue: shown, at }, refresh) => send(shown, at, refresh),
};

function facts(shown) {
  return html`<span class="badges">
    ${badge(shown.vhost, "The virtual host")}
    ${badge(shown.type, "The type of the queue")}
    ${shown.durable ? badge("durable", "Survives a restart") : badge("transient", "Gone after a restart", "warm")}
    ${shown.exclusive ? badge("exclusive", "Of one connection") : nothing}
    ${shown.paused ? badge("paused", "Consumers get nothing", "warm") : nothing}
    ${Object.entries(shown.arguments).filter(([name]) => name !== "x-queue-type")
      .map(([name, value]) => badge(`${name} = ${typeof value === "object" ? JSON.stringify(value) : value}`, argumentsText({ [name]: value })))}
  </span>`;
}

function controls(shown, at, refresh) {
  const name = `queue ${shown.name}`;
  return html`<div class="actions">
    ${shown.paused
      ? actionButton({ id: "resume", text: "Resume", run: () => put(`${at}/resume`), done: refresh })
      : actionButton({ id: "pause", text: "Pause", run: () => put(`${at}/pause`), done: refresh })}
    ${actionButton({ id: "purge", text: "Purge", kind: "danger",
      question: `Remove ${plural(shown.messages_ready, "ready message")} of ${name}? They are gone for good.`,
      run: () => remove(`${at}/contents`), done: refresh })}
    ${actionButton({ id: "delete", text: "Delete", kind: "danger",
      question: `Delete ${name} with ${plural(shown.messages, "message")} and its bindings?`,
      run: () => remove(at), done: () => { location.hash = href("queues"); } })}
  </div>`;
}

function charts(shown) {
  const stats = shown.message_stats ?? {};
  return html`${spanChoice()}<div class="split">
    <div class="card"><h2>Messages</h2><live-chart .series=${[{ name: "Ready", colour: "series-1" }, { name: "Unsettled", colour: "series-3" }]}
      .points=${points(levels(shown.messages_ready_details), levels(shown.messages_unacknowledged_details))}></live-chart></div>
    <div class="card"><h2>Messages a second</h2><live-chart
      .series=${[{ name: "Published", colour: "series-1" }, { name: "Delivered", colour: "series-2" }, { name: "Accepted", colour: "series-3" }]}
      .points=${points(rates(stats.publish_details), rates(stats.deliver_get_details), rates(stats.ack_details))}></live-chart></div>
  </div>
  <div class="card"><h2>Since the start</h2><dl class="list">
    ${[["Published", shown.message_stats?.publish], ["Delivered", shown.message_stats?.deliver_get],
      ["Accepted", shown.message_stats?.ack], ["Redelivered", shown.message_stats?.redeliver],
      ["Dead-lettered", shown.messages_dead_lettered], ["Expired", shown.messages_expired]]
      .map(([label, value]) => html`<div><dt>${label}</dt><dd>${count(value)}</dd></div>`)}
    <div><dt>Payload in memory</dt><dd>${bytes(shown.memory)}</dd></div>
  </dl></div>`;
}

const CONSUMERS = [
  { label: "Consumer", className: "name", cell: (one) => one.consumer_tag },
  { label: "Connection", className: "mono name", cell: ({ channel_details: { connection_name: name } }) => name
    ? html`<a href=${href("connection", { name })}>${name}</a>` : "–" },
  { label: "User", className: "word", cell: (one) => one.channel_details.user ?? "–" },
  { label: "Credit", numeric: true, cell: (one) => count(one.prefetch_count) },
  { label: "Unsettled", numeric: true, cell: (one) => count(one.messages_unacknowledged) },
  { label: "Priority", numeric: true, cell: (one) => one.arguments["x-priority"] ?? 0 },
];

function consumers(list) {
  return list.length === 0 ? empty("No consumers", "Nobody takes messages from this queue at present.")
    : plainTable({ label: "Consumers", columns: CONSUMERS, rows: list, key: (one) => one.consumer_tag + one.channel_details.connection_name });
}

function send(shown, at, refresh) {
  return html`<div class="split">
    <div class="card"><h2>Publish a message</h2>${publishForm({
      id: "publish", exchange: "amq.default", vhost: shown.vhost, key: shown.name, done: refresh })}</div>
    <div class="card"><h2>Get messages</h2>
      <p class="explanation">Takes messages as a consumer would: what is put back counts as delivered before. To look without a trace there is the tab Messages.</p>
      ${form({ id: "get", action: "Get", reset: false, done: refresh,
        fields: [
          { name: "count", label: "How many", type: "number", value: "1", required: true },
          { name: "ackmode", label: "Then", type: "select", value: "ack_requeue_true", options: [
            ["ack_requeue_true", "put them back"], ["reject_requeue_true", "put them back as failed"],
            ["ack_requeue_false", "remove them"], ["reject_requeue_false", "reject them (dead-letter)"]] },
        ],
        submit: async ({ count: many, ackmode }) => {
          got = await post(`${at}/get`, { count: many, ackmode, encoding: "auto" });
          return got.length === 0 ? "The queue gave none." : `Got ${got.length}.`;
        } })}
      ${got.map(gotMessage)}
    </div></div>`;
}

/** The messages the last get has brought; of this page only. */
let got = [];
addEventListener("hashchange", () => { got = []; });

export function publishForm({ id, exchange, vhost, key, fixedKey = true, done }) {
  return form({
    id, action: "Publish", reset: false, done,
    fields: [
      ...(fixedKey ? [] : [{ name: "routing_key", label: "Routing key", value: key }]),
      { name: "payload", label: "Body", type: "textarea", wide: true },
      { name: "headers", label: "Application properties", placeholder: '{"kind": "video"}', help: "As JSON; may be left out.", refusedAs: "properties.headers" },
      { name: "content_type", label: "Content type", placeholder: "text/plain", refusedAs: "properties.content_type" },
      { name: "durable", label: "Durable", type: "checkbox", value: true },
    ],
    submit: async (values) => {
      const properties = { delivery_mode: values.durable ? 2 : 1 };
      if (values.headers) properties.headers = parsed("headers", values.headers);
      if (values.content_type) properties.content_type = values.content_type;
      const { routed } = await post(path("exchanges", vhost, exchange, "publish"), {
        properties, routing_key: fixedKey ? key : values.routing_key, payload: values.payload, payload_encoding: "string" });
      return routed ? "Published." : "Taken, but no queue is bound for it: the message is dropped.";
    },
  });
}
