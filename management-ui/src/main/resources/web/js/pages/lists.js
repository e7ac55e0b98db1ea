// Lists that belong to one object.
import { html, nothing } from "../lib.js";
import { path, remove } from "../api.js";
import { argumentsText } from "../format.js";
import { actionButton } from "../form.js";
import { badge, exchangeName } from "../parts.js";
import { current, href } from "../router.js";
import { PAGE_SIZE, pager, toolbar } from "../table.js";
import { newBinding } from "./declare.js";

/** What to ask for the bindings that are shown: an exchange can have more than a page could draw. */
export function bindingParameters() {
  const { page, filter } = current().parameters;
  return { name: filter, page: Math.max(1, Number.parseInt(page ?? "1", 10) || 1), page_size: PAGE_SIZE };
}

/** A page of bindings to a queue, or from an exchange, with a way to remove one and to add one. */
export function bindingList(object, kind, list, refresh) {
  const other = kind === "queue" ? "From exchange" : "To";
  return html`
    ${list.total_count > PAGE_SIZE ? toolbar(list, "Filter by exchange or queue", ["binding", "bindings"], "filter") : nothing}
    ${list.filtered_count === 0 ? html`<p class="quiet">${list.total_count === 0 ? "No bindings." : "None matches the filter."}</p>` : html`<div class="table-frame"><table aria-label="Bindings">
      <thead><tr><th scope="col">${other}</th><th scope="col">Binding key</th><th scope="col">Arguments</th><th scope="col"></th></tr></thead>
      <tbody>${list.items.map((binding) => html`<tr>
        <th scope="row" class="name">${kind === "queue" ? source(binding) : destination(binding)}</th>
        <td class="mono name">${binding.routing_key}${binding.matched === false
          ? html` ${badge("never matched", "No message has matched it since the broker started", "warm")}` : nothing}</td>
        <td class="mono wide">${argumentsText(binding.arguments)}</td>
        <td class="action">${binding.source === "" ? nothing : actionButton({
          id: `unbind-${binding.source}-${binding.destination}-${binding.properties_key}`, text: "Unbind",
          question: `Remove the binding from ${binding.source} to ${binding.destination}?`,
          run: () => remove(path("bindings", binding.vhost, "e", binding.source,
            binding.destination_type === "queue" ? "q" : "e", binding.destination, binding.properties_key)),
          done: refresh })}</td></tr>`)}</tbody></table></div>${pager(list)}`}
    ${object.name === "" ? nothing : newBinding(object, kind, refresh)}`;
}

function source(binding) {
  return html`<a href=${href("exchange", { vhost: binding.vhost, name: binding.source || "amq.default" })}>${exchangeName(binding.source)}</a>`;
}

function destination(binding) {
  return html`<a href=${href(binding.destination_type, { vhost: binding.vhost, name: binding.destination })}>${binding.destination}</a>
    ${binding.destination_type === "exchange" ? badge("exchange", "Routes on to another exchange") : nothing}`;
}
