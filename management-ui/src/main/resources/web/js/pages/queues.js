// Queues with their depth, consumers and live rates.
import { html } from "../lib.js";
import { get } from "../api.js";
import { sparkline } from "../chart.js";
import { count, rate } from "../format.js";
import { badge, breakable, empty, features, pageHeading } from "../parts.js";
import { href } from "../router.js";
import { newQueue } from "./declare.js";
import { rates } from "../samples.js";
import { listParameters, table, toolbar } from "../table.js";

const FIELDS = [
  "name", "vhost", "type", "durable", "auto_delete", "exclusive", "arguments", "state", "node",
  "messages", "messages_ready", "messages_unacknowledged", "consumers",
  "message_stats.publish_details", "message_stats.deliver_get_details", "message_stats.ack_details.rate",
].join(",");

const KNOWN = [
  ["x-dead-letter-exchange", "DLX"], ["x-message-ttl", "TTL"], ["x-expires", "expires"],
  ["x-max-length", "max"], ["x-max-length-bytes", "max bytes"], ["x-delivery-limit", "limit"],
  ["x-single-active-consumer", "SAC"], ["x-max-priority", "priority"],
];

const COLUMNS = [
  { label: "Name", sort: "name", cell: nameOf, className: "name" },
  { label: "Virtual host", sort: "vhost", cell: (queue) => queue.vhost, className: "quiet word" },
  { label: "Type", sort: "type", cell: (queue) => queue.type, className: "quiet" },
  { label: "Features", cell: (queue) => features(queue, KNOWN), className: "features" },
  { label: "Ready", sort: "messages_ready", numeric: true, cell: (queue) => count(queue.messages_ready) },
  { label: "Unsettled", sort: "messages_unacknowledged", numeric: true, cell: (queue) => count(queue.messages_unacknowledged) },
  { label: "Total", sort: "messages", numeric: true, cell: (queue) => count(queue.messages) },
  { label: "Consumers", sort: "consumers", numeric: true, cell: consumers },
  { label: "Publish/s", sort: "message_stats.publish_details.rate", numeric: true, cell: (queue) => rateOf(queue, "publish") },
  { label: "Deliver/s", sort: "message_stats.deliver_get_details.rate", numeric: true, cell: (queue) => rateOf(queue, "deliver_get") },
  { label: "Accept/s", sort: "message_stats.ack_details.rate", numeric: true, cell: (queue) => rateOf(queue, "ack") },
  { label: "Trend", cell: trend, className: "trend" },
];

export const queues = {
  name: "queues",
  title: "Queues",
  intervalMs: 1_500,

  async load(signal) {
    const list = await get("/queues",
      { ...listParameters(), columns: FIELDS, msg_rates_age: 60, msg_rates_incr: 3 }, signal);
    return { list, node: list.items[0]?.node };
  },

  view({ list }, refresh) {
    return html`
      ${pageHeading("Queues")}
      ${toolbar(list, "Filter queues", ["queue", "queues"])}
      ${table({
        label: "Queues",
        columns: COLUMNS,
        list,
        key: (queue) => `${queue.vhost}/${queue.name}`,
        empty: empty("No queues yet",
          "A queue keeps messages until a consumer settles them.",
          "Declare one in config/warren.yaml, or from a client. It shows up here at once."),
      })}
      ${newQueue(refresh)}`;
  },
};

function nameOf(queue) {
  return html`<a href=${href("queue", { vhost: queue.vhost, name: queue.name })}>${breakable(queue.name)}</a>${queue.state === "paused"
    ? html` ${badge("paused", "Consumers get nothing", "warm")}` : ""}`;
}

function consumers(queue) {
  return queue.consumers === 0 && queue.messages_ready > 0
    ? html`<span class="warn" title="Messages wait and nobody consumes">0</span>`
    : count(queue.consumers);
}

function rateOf(queue, counter) {
  return rate(queue.message_stats?.[`${counter}_details`]?.rate);
}

function trend(queue) {
  const stats = queue.message_stats ?? {};
  return sparkline(rates(stats.publish_details).values, rates(stats.deliver_get_details).values);
}
