// Exchanges with what comes in and what they route on.
import { html } from "../lib.js";
import { get } from "../api.js";
import { rate } from "../format.js";
import { empty, exchangeName, features, pageHeading } from "../parts.js";
import { href } from "../router.js";
import { newExchange } from "./declare.js";
import { listParameters, table, toolbar } from "../table.js";

const COLUMNS = [
  { label: "Name", sort: "name", cell: nameOf, className: "name" },
  { label: "Virtual host", sort: "vhost", cell: (exchange) => exchange.vhost, className: "quiet word" },
  { label: "Type", sort: "type", cell: (exchange) => exchange.type },
  { label: "Features", cell: (exchange) => features(exchange, [["alternate-exchange", "AE"]]), className: "wide" },
  { label: "In/s", sort: "message_stats.publish_in_details.rate", numeric: true,
    cell: (exchange) => rate(exchange.message_stats?.publish_in_details?.rate) },
  { label: "Out/s", sort: "message_stats.publish_out_details.rate", numeric: true,
    cell: (exchange) => rate(exchange.message_stats?.publish_out_details?.rate) },
  { label: "Bindings", cell: bindingsLink },
];

export const exchanges = {
  name: "exchanges",
  title: "Exchanges",
  intervalMs: 2_000,

  async load(signal) {
    return { list: await get("/exchanges", listParameters(), signal) };
  },

  view({ list }, refresh) {
    return html`
      ${pageHeading("Exchanges")}
      ${toolbar(list, "Filter exchanges", ["exchange", "exchanges"])}
      ${table({
        label: "Exchanges",
        columns: COLUMNS,
        list,
        key: (exchange) => `${exchange.vhost}/${exchange.name}`,
        empty: empty("No exchanges", "An exchange routes messages to queues by its bindings."),
      })}
      ${newExchange(refresh)}`;
  },
};

function nameOf(exchange) {
  return html`<a href=${href("exchange", { vhost: exchange.vhost, name: exchange.name || "amq.default" })}>${exchangeName(exchange.name)}</a>`;
}

function bindingsLink(exchange) {
  return exchange.name === ""
    ? html`<span class="quiet">every queue</span>`
    : html`<a href=${href("bindings", { name: exchange.name })}>show</a>`;
}
