// Lists that belong to one object.
import { html, nothing } from "../lib.js";
import { path, remove } from "../api.js";
import { argumentsText } from "../format.js";
import { actionButton } from "../form.js";
import { badge, exchangeName } from "../parts.js";
import { current, href } from "../router.js";
import { PAGE_SIZE, pager, plainTable, toolbar } from "../table.js";
import { newBinding } from "./declare.js";

/** What to ask for the bindings that are shown: an exchange can have more than a page could draw. */
export function bindingParameters() {
  const { page, filter } = current().parameters;
  return { name: filter, page: Math.max(1, Number.parseInt(page ?? "1", 10) || 1), page_size: PAGE_SIZE };
}

/** A page of bindings to a queue, or from an exchange, with a way to remove one and to add one. */
export function bindingList(object, kind, list, refresh) {
  return html`
    ${list.total_count > PAGE_SIZE ? toolbar(list, "Filter by exchange or queue", ["binding", "bindings"], "filter") : nothing}
    ${list.filtered_count === 0 ? html`<p class="quiet">${list.total_count === 0 ? "No bindings." : "None matches the filter."}</p>` : html`${plainTable({ label: "Bindings", columns: columns(kind, refresh), rows: list.items, key: keyOf })}${pager(list)}`}
    ${object.name === "" ? nothing : newBinding(object, kind, refresh)}`;
}

const keyOf = (binding) => [binding.source, binding.destination_type, binding.destination, binding.properties_key].join("\n");

const columns = (kind, refresh) => [
  { label: kind === "queue" ? "From exchange" : "To", className: "name", cell: kind === "queue" ? source : destination },
  { label: "Binding key", className: "mono name", cell: (binding) => html`${binding.routing_key}${binding.matched === false
    ? html` ${badge("never matched", "No message has matched it since the broker started", "warm")}` : nothing}` },
  { label: "Arguments", className: "mono wide", cell: (binding) => argumentsText(binding.arguments) || html`<span class="quiet">–</span>` },
  { label: "Unbind", labelHidden: true, className: "action", cell: (binding) => binding.source === "" ? nothing : actionButton({
    id: `unbind-${binding.source}-${binding.destination}-${binding.properties_key}`, text: "Unbind",
    question: `Remove the binding from ${binding.source} to ${binding.destination}?`,
    run: () => remove(path("bindings", binding.vhost, "e", binding.source,
      binding.destination_type === "queue" ? "q" : "e", binding.destination, binding.properties_key)),
    done: refresh }) },
];

function source(binding) {
  return html`<a href=${href("exchange", { vhost: binding.vhost, name: binding.source || "amq.default" })}>${exchangeName(binding.source)}</a>`;
}

function destination(binding) {
  return html`<a href=${href(binding.destination_type, { vhost: binding.vhost, name: binding.destination })}>${binding.destination}</a>
    ${binding.destination_type === "exchange" ? badge("exchange", "Routes on to another exchange") : nothing}`;
}
