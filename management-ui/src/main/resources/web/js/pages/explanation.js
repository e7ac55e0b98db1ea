// An explained route as a tree, and what of it lights up in the topology.
import { html, nothing } from "../lib.js";
import { argumentsText } from "../format.js";
import { badge, exchangeName } from "../parts.js";
import { href } from "../router.js";

const OUTCOMES = {
  accepted: ["accepted", "good"], released: ["released: no queue", "warm"],
  rejected: ["rejected", "danger"], refused: ["refused", "danger"],
};

/** Edges of the last explained route, of one virtual host. */
let lit = { vhost: null, edges: new Set() };

export const edge = (kind, from, to) => `${kind}\n${from}\n${to}`;

export function light(vhost, { tree }) {
  lit = { vhost, edges: new Set() };
  if (tree) walk(tree);
}

export const isLit = (vhost, key) => lit.vhost === vhost && lit.edges.has(key);
export const hasLight = (vhost) => lit.vhost === vhost && lit.edges.size > 0;

function walk(node) {
  for (const binding of node.bindings ?? []) {
    if (!binding.matched) continue;
    lit.edges.add(edge("binding", `exchange/${node.name}`, `${binding.destination_type}/${binding.destination}`));
    if (binding.target) walk(binding.target);
  }
  if (node.alternate) {
    lit.edges.add(edge("alternate", `exchange/${node.name}`, `exchange/${node.alternate.name}`));
    walk(node.alternate);
  }
}

export function explanation({ outcome, reason, condition, queues, tree }, vhost) {
  const [text, kind] = OUTCOMES[outcome] ?? [outcome, ""];
  return html`<div class="card explained">
    <h2>${badge(text, "What the publisher would be told", kind)} ${reason}</h2>
    ${condition ? html`<p class="mono">${condition}</p>` : nothing}
    <p>${queues.length === 0 ? "It reaches no queue." : html`It reaches ${queues.map((queue, i) => html`${i ? ", " : ""}<a
      href=${href("queue", { vhost, name: queue })}>${queue}</a>`)}.`}</p>
    ${tree ? html`<ul class="tree">${exchangeNode(tree, vhost)}</ul>` : nothing}
  </div>`;
}

function exchangeNode(node, vhost) {
  return html`<li>
    <strong><a href=${href("exchange", { vhost, name: node.name || "amq.default" })}>${exchangeName(node.name)}</a></strong>
    <span class="quiet">${node.type} exchange${node.via && node.via !== "publish" ? `, via ${node.via.replace("-", " ")}` : ""}</span>
    ${node.visited ? html`<span class="quiet">(seen above)</span>` : nothing}
    ${node.permission?.write === "refused" ? html` ${badge("refused", node.permission.reason ?? "", "danger")}` : nothing}
    <ul>${(node.bindings ?? []).map((binding) => bindingNode(binding, vhost))}
      ${node.not_shown ? html`<li class="quiet">and ${node.not_shown} more bindings that are not shown</li>` : nothing}
      ${node.alternate ? exchangeNode(node.alternate, vhost) : nothing}</ul></li>`;
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
  return html`<li class=${node.accepts ? "matched" : "passed"}><span class="quiet">${node.why}</span>
    ${node.dead_letter ? html`<ul>${node.dead_letter.kind === "exchange" ? exchangeNode(node.dead_letter, vhost)
      : html`<li class="quiet">${node.dead_letter.why ?? ""}</li>`}</ul>` : nothing}</li>`;
}
