// Declaring queues, exchanges and bindings.
import { html } from "../lib.js";
import { path, post, put } from "../api.js";
import { form, NO_VHOST } from "../form.js";
import { parsed } from "./parsed.js";

const ARGUMENTS = { name: "arguments", label: "Arguments", type: "textarea", wide: true, help: "As JSON; may be left out.",
  refusedAs: [/^(invalid|inequivalent) arg '/, /^unsupported argument/, /^invalid x-match/] };

/** A declaration that differs from what there is. */
const differs = (name) => new RegExp(`^(invalid|inequivalent) arg '${name}'`);
const NAME = { name: "name", label: "Name", required: true, refusedAs: [/^(queue|exchange) name /, /^(configure|write|read) access to /] };
const VHOST = { name: "vhost", label: "Virtual host", value: "/", required: true, refusedAs: NO_VHOST };
const DURABLE = { name: "durable", label: "Durable", type: "checkbox", value: true, refusedAs: differs("durable") };
const AUTO_DELETE = { name: "auto_delete", type: "checkbox", refusedAs: differs("auto_delete") };

const folded = (title, content) => html`<details class="card fold"><summary>${title}</summary>${content}</details>`;

const argumentsOf = (text) => text ? parsed("arguments", text) : {};

export function newQueue(done) {
  return folded("Declare a queue", form({ id: "new-queue", action: "Declare", done,
    fields: [
      NAME, VHOST,
      { name: "type", label: "Type", type: "select", value: "classic", options: [["classic", "classic"], ["quorum", "quorum"]],
        refusedAs: [differs("x-queue-type"), /^queue type '/] },
      DURABLE,
      { ...AUTO_DELETE, label: "Delete it when its last consumer goes" },
      { ...ARGUMENTS, placeholder: '{"x-message-ttl": 60000, "x-dead-letter-exchange": "dead"}' },
    ],
    submit: ({ name, vhost, type, durable, auto_delete: autoDelete, arguments: text }) => put(path("queues", vhost, name), {
      durable, auto_delete: autoDelete, arguments: { "x-queue-type": type, ...argumentsOf(text) } }),
  }));
}

export function newExchange(done) {
  return folded("Declare an exchange", form({ id: "new-exchange", action: "Declare", done,
    fields: [
      NAME, VHOST,
      { name: "type", label: "Type", type: "select", value: "topic",
        options: ["direct", "topic", "fanout", "headers"].map((type) => [type, type]), refusedAs: [differs("type"), /^unknown exchange type/] },
      DURABLE,
      { ...AUTO_DELETE, label: "Delete it when its last binding goes" },
      { name: "internal", label: "Internal", type: "checkbox", refusedAs: differs("internal") },
      { ...ARGUMENTS, placeholder: '{"alternate-exchange": "unrouted"}' },
    ],
    submit: ({ name, vhost, type, durable, auto_delete: autoDelete, internal, arguments: text }) => put(
      path("exchanges", vhost, name), { type, durable, auto_delete: autoDelete, internal, arguments: argumentsOf(text) }),
  }));
}

/** A binding from this exchange to something, or from some exchange to this queue. */
export function newBinding(object, kind, done) {
  const fromHere = kind === "exchange";
  return folded("Bind", form({ id: "new-binding", action: "Bind", done,
    fields: [
      ...(fromHere ? [{ name: "destination", label: "To", required: true, refusedAs: [/^no (queue|exchange) /, /default exchange/, / access to (queue|exchange) /] },
        { name: "to", label: "That is", type: "select", value: "q", options: [["q", "a queue"], ["e", "an exchange"]] }]
        : [{ name: "source", label: "From exchange", required: true, refusedAs: [/^no exchange /, /default exchange/, / access to exchange /] }]),
      { name: "routing_key", label: "Binding key", refusedAs: [/^(invalid )?binding key /, / access to topic /] },
      { ...ARGUMENTS, placeholder: '{"x-match": "any", "kind": "video"}' },
    ],
    submit: (values) => post(fromHere
      ? path("bindings", object.vhost, "e", object.name, values.to, values.destination)
      : path("bindings", object.vhost, "e", values.source, "q", object.name),
    { routing_key: values.routing_key, arguments: argumentsOf(values.arguments) }),
  }));
}
