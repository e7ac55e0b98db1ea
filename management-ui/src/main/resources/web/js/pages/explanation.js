// An explained route as a tree, and what of it lights up in the topology.
import { html, nothing } from "../lib.js";
import { argumentsText } from "../format.js";
import { badge, exchangeName } from "../parts.js";
import { href } from "../router.js";

const OUTCOMES = {
  accepted: ["accepted", "good"], released: ["released: no queue", "warm"],
  rejected: ["rejected", "danger"], refused: ["refused", "danger"],
};

/** The last explained route, of one virtual host: lines, and exchanges and queues in the order they are reached. */
let lit = { vhost: null, edges: new Set(), nodes: new Set() };

export const edge = (kind, from, to) => `${kind}\n${from}\n${to}`;

export function light(vhost, { tree, queues = [], ends_in: endsIn = queues }) {
  lit = { vhost, edges: new Set(), nodes: new Set() };
  if (tree) walk(tree);
  for (const queue of [...queues, ...endsIn]) lit.nodes.add(`queue/${queue}`);
}

/** What lights up in a virtual host, {edges, nodes}; null if no route was explained there. */
export const litRoute = (vhost) => lit.vhost === vhost && lit.nodes.size > 0 ? lit : null;

/** Dead letters light up where the message dies at once, or as soon as it is at the head. */
function walk(node) {
  const here = `exchange/${node.name}`;
  lit.nodes.add(here);
  for (const binding of node.bindings ?? []) {
    if (!binding.matched) continue;
    const there = `${binding.destination_type}/${binding.destination}`;
    lit.edges.add(edge("binding", here, there));
    if (binding.target?.kind === "exchange") walk(binding.target);
    const dead = binding.target?.dead_letter;
    if (dead?.kind === "exchange" && (dead.when === "at once" || binding.target.ttl === 0)) {
      lit.nodes.add(there);
      lit.edges.add(edge("dead-letter", there, `exchange/${dead.name}`));
      walk(dead);
    }
  }
  if (node.alternate?.kind === "exchange") {
    lit.edges.add(edge("alternate", here, `exchange/${node.alternate.name}`));
    walk(node.alternate);
  }
}

export function explanation({ outcome, reason, condition, description, ends, queues, ends_in: endsIn = queues, certain = true, tree }, vhost) {
  const [text, kind] = OUTCOMES[outcome] ?? [outcome, ""];
  return html`<div class="card explained">
    <h2>${badge(text, "What the publisher would be told", kind)} ${reason}</h2>
    ${condition ? html`<p><span class="mono">${condition}</span> ${description}${ends ? `; its ${ends} ends` : ""}</p>` : nothing}
    <p>${queues.length === 0 ? "It reaches no queue." : html`It reaches ${links(queues, vhost)}.`}
      ${same(queues, endsIn) ? nothing : endsIn.length === 0 ? "It stays in none." : html`It ends in ${links(endsIn, vhost)}.`}
      ${certain ? nothing : html`<span class="quiet">Where it ends may be otherwise: it depends on what is in the queues.</span>`}</p>
    ${tree ? html`<ul class="tree">${exchangeNode(tree, vhost)}</ul>` : nothing}
  </div>`;
}

const same = (some, others) => some.length === others.length && some.every((one) => others.includes(one));

const links = (queues, vhost) => queues.map((queue, i) => html`${i ? ", " : ""}<a
  href=${href("queue", { vhost, name: queue })}>${queue}</a>`);

function exchangeNode(node, vhost) {
  return html`<li>
    <strong><a href=${href("exchange", { vhost, name: node.name || "amq.default" })}>${exchangeName(node.name)}</a></strong>
    <span class="quiet">${node.type} exchange${node.via && node.via !== "publish" ? `, via ${node.via.replace("-", " ")}` : ""}</span>
    ${node.visited ? html`<span class="quiet">(seen above)</span>` : nothing}
    ${node.permission?.write === "refused" ? html` ${badge("refused", node.permission.reason ?? "", "danger")}` : nothing}
    <ul>${(node.bindings ?? []).map((binding) => bindingNode(binding, vhost))}
      ${node.not_shown ? html`<li class="quiet">and ${node.not_shown} more bindings that are not shown</li>` : nothing}
      ${node.alternate ? wayNode(node.alternate, vhost) : nothing}</ul></li>`;
}

function bindingNode(binding, vhost) {
  const values = argumentsText(binding.arguments);
  return html`<li class=${binding.matched ? "matched" : "passed"}>
    <span class="mono">${binding.routing_key || "(empty key)"}</span>${values ? html` <span class="mono quiet">${values}</span>` : nothing}
    → ${binding.destination_type} <a href=${href(binding.destination_type, { vhost, name: binding.destination })}>${binding.destination}</a>
    <span class="quiet">${binding.why}</span>
    ${binding.target ? html`<ul>${binding.target.kind === "queue" ? queueNode(binding.target, vhost) : exchangeNode(binding.target, vhost)}</ul>` : nothing}</li>`;
}

function queueNode(node, vhost) {
  const dead = node.dead_letter;
  return html`<li class=${node.accepts ? "matched" : "passed"}><span class="quiet">${node.why}</span>
    ${dead ? html`<ul><li class="quiet">Dead letter ${dead.when}</li>${wayNode(dead, vhost)}</ul>` : nothing}</li>`;
}

/** An exchange, or why the way ends. */
const wayNode = (node, vhost) => (node.kind === "exchange" ? exchangeNode(node, vhost)
  : html`<li class="quiet"><span class="mono">${node.name}</span> ${node.why ?? ""}</li>`);
