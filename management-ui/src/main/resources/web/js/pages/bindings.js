// Bindings: which exchange routes what to where.
import { html, nothing } from "../lib.js";
import { get } from "../api.js";
import { argumentsText } from "../format.js";
import { badge, empty, exchangeName, pageHeading } from "../parts.js";
import { listParameters, table, toolbar } from "../table.js";

const COLUMNS = [
  { label: "From exchange", sort: "source", cell: (binding) => exchangeName(binding.source), className: "name" },
  { label: "Virtual host", sort: "vhost", cell: (binding) => binding.vhost, className: "quiet word" },
  { label: "Binding key", sort: "routing_key", className: "mono",
    cell: (binding) => binding.routing_key === "" ? html`<span class="quiet">–</span>` : binding.routing_key },
  { label: "To", sort: "destination", className: "name", cell: destination },
  { label: "Arguments", className: "wide mono",
    cell: (binding) => argumentsText(binding.arguments) || html`<span class="quiet">–</span>` },
];

export const bindings = {
  name: "bindings",
  title: "Bindings",
  intervalMs: 3_000,

  async load(signal) {
    return { list: await get("/bindings", listParameters(), signal) };
  },

  view({ list }) {
    return html`
      ${pageHeading("Bindings")}
      ${toolbar(list, "Filter by exchange or queue", ["binding", "bindings"])}
      ${table({
        label: "Bindings",
        columns: COLUMNS,
        list,
        key: (binding) => [binding.vhost, binding.source, binding.destination_type,
          binding.destination, binding.properties_key].join("\n"),
        empty: empty("No bindings yet", "A binding is the rule by which an exchange routes to a queue."),
      })}`;
  },
};

function destination(binding) {
  return html`${binding.destination}${binding.destination_type === "exchange"
    ? html` ${badge("exchange", "Routes on to another exchange")}` : nothing}`;
}
