// Virtual hosts: the namespaces of exchanges and queues.
import { html } from "../lib.js";
import { get, path, put, remove } from "../api.js";
import { count } from "../format.js";
import { actionButton, form, NO_VHOST } from "../form.js";
import { badge, empty, pageHeading } from "../parts.js";
import { href } from "../router.js";
import { listParameters, table, toolbar } from "../table.js";

const columns = (refresh) => [
  { label: "Name", sort: "name", cell: (one) => one.name, className: "name" },
  { label: "Description", cell: (one) => one.description, className: "wide quiet" },
  { label: "Default queue type", cell: (one) => one.default_queue_type, className: "quiet" },
  { label: "Messages", sort: "messages", numeric: true, cell: (one) => count(one.messages) },
  { label: "Topology", cell: (one) => html`<a href=${href("topology", { vhost: one.name })}>show</a>` },
  { label: "Protected", cell: (one) => one.protected_from_deletion ? badge("protected", "It cannot be deleted") : "" },
  { label: "Delete", labelHidden: true, className: "action", cell: (one) => actionButton({ id: `delete-${one.name}`, text: "Delete",
    question: `Delete the virtual host ${one.name} with all its exchanges, queues and messages?`,
    run: () => remove(path("vhosts", one.name)), done: refresh }) },
];

export const vhosts = {
  name: "vhosts",
  title: "Virtual hosts",
  intervalMs: 5_000,
  requires: "administrator",
  refusal: "Virtual hosts are for administrators.",

  async load(signal) {
    return { list: await get("/vhosts", listParameters(), signal) };
  },

  view({ list }, refresh) {
    return html`
      ${pageHeading("Virtual hosts")}
      ${toolbar(list, "Filter virtual hosts", ["virtual host", "virtual hosts"])}
      ${table({ label: "Virtual hosts", columns: columns(refresh), list, key: (one) => one.name, empty: empty("No virtual hosts", "Nobody can connect.") })}
      <details class="card fold"><summary>Add a virtual host</summary>${form({ id: "new-vhost", action: "Add", done: refresh,
        fields: [
          { name: "name", label: "Name", required: true, refusedAs: NO_VHOST },
          { name: "description", label: "Description" },
          { name: "type", label: "Default queue type", refusedAs: "default_queue_type", type: "select", value: "classic",
            options: [["classic", "classic"], ["quorum", "quorum"]] },
        ],
        submit: ({ name, description, type }) => put(path("vhosts", name), { description, default_queue_type: type }) })}</details>
      <details class="card fold"><summary>Set a limit</summary>${form({ id: "vhost-limit", action: "Set", done: refresh,
        fields: [
          { name: "vhost", label: "Virtual host", value: "/", required: true, refusedAs: NO_VHOST },
          { name: "limit", label: "Limit", type: "select", value: "max-queues", options: [["max-queues", "queues"], ["max-connections", "connections"]] },
          { name: "value", label: "At most", type: "number", required: true, help: "-1 for no limit" },
        ],
        submit: ({ vhost, limit, value }) => put(path("vhost-limits", vhost, limit), { value }) })}</details>`;
  },
};
