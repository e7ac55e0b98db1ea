// The topology as a graph: exchanges, bindings, queues and consumers, with live rates. The broker
// chooses what is shown, so that the page is as fast with ten thousand queues.
import { html, nothing, repeat, svg } from "../lib.js";
import { get, path } from "../api.js";
import { count, rate, short } from "../format.js";
import { empty, pageHeading } from "../parts.js";
import { redraw } from "../redraw.js";
import { change, current, href } from "../router.js";
import { edge, litRoute } from "./explanation.js";
import { layout } from "./layout.js";
import { drag, reveal, zoomed, zoomIn, zoomOut, zoomToFit } from "./zoom.js";

const INTERVAL_MS = 2_000;
const CORNERS = { exchange: 16, queue: 3, consumers: 12 };

/** What the broker takes, and what fits into the line of a request. */
const SHOW_MAX = 100;
const SHOW_LENGTH_MAX = 5_000;

export const topology = {
  name: "topology",
  title: "Topology",
  intervalMs: INTERVAL_MS,

  async load(signal) {
    const { vhost = "/", name } = current().parameters;
    const lit = routeOf(vhost);
    refreshHosts(signal);
    const graph = await get(path("topology", vhost), { name, show: lit ? wanted(lit) : undefined }, signal);
    return { graph, vhost, lit };
  },

  view({ graph, vhost, lit }) {
    const { name = "" } = current().parameters;
    const names = hosts.names.includes(vhost) ? hosts.names : [vhost, ...hosts.names];
    reveal(`${vhost}\n${Boolean(lit)}`);
    return html`
      ${pageHeading("Topology")}
      <div class="toolbar">
        <label>Virtual host <select name="vhost" @change=${(event) => change({ vhost: event.target.value, name: undefined, lit: undefined })}>
          ${names.map((host) => html`<option value=${host} .selected=${host === vhost}>${host}</option>`)}</select></label>
        <label class="filter plain"><span class="visually-hidden">Filter</span><input id="filter" type="search" placeholder="Filter exchanges and queues" .value=${name}
          @input=${(event) => change({ name: event.target.value }, { replace: true })}></label>
        <span class="zoom" role="group" aria-label="Size of the graph">
          <button type="button" class="plain" @click=${zoomOut} aria-label="Smaller">−</button>
          <button type="button" class="plain" @click=${zoomIn} aria-label="Larger">+</button>
          <button type="button" class="plain" @click=${zoomToFit}>Fit</button></span>
      </div>
      <p class="told" aria-live="polite">${told(graph, name)} ${toldOfRoute(graph, vhost, lit, name)}</p>
      ${graph.nodes.length > 0 ? drawn(graph, vhost, lit)
        : name ? empty("Nothing matches", "No exchange that leads anywhere, and no queue, has this in its name.")
          : empty("Nothing to draw", "Exchanges and queues that are bound to each other show up here.")}
      ${legend}`;
  },
};

/** The route the address asks to light, if it is known. */
const routeOf = (vhost) => current().parameters.lit ? litRoute(vhost) : null;

/** Of a long route the beginning. */
function wanted({ nodes }) {
  const lines = [];
  let length = 0;
  for (const id of nodes) {
    length += new URLSearchParams({ "": `${id}\n` }).toString().length;
    if (lines.length === SHOW_MAX || length > SHOW_LENGTH_MAX) break;
    lines.push(id);
  }
  return lines.join("\n");
}

/** The virtual hosts to choose from: the graph does not wait for them. */
let hosts = { names: [], atMs: 0 };
const HOSTS_MS = 10_000;

function refreshHosts(signal) {
  const sinceMs = Date.now() - hosts.atMs;
  if (sinceMs < HOSTS_MS) return;
  // Not shown for a moment to whoever logs in next.
  hosts = { names: sinceMs > 2 * HOSTS_MS ? [] : hosts.names, atMs: Date.now() };
  get("/vhosts", { columns: "name" }, signal).then((found) => {
    hosts.names = found.map((host) => host.name);
    redraw();
  }, () => { hosts.atMs = 0; });
}

function told({ truncated, total, matched, matched_shown: shown }, name) {
  if (!truncated) return nothing;
  return name ? `${count(shown)} of ${count(matched)} that match are shown, the busiest: a longer filter shows others.`
    : `The busiest ${count(shown)} of ${count(total)} are shown: filter for others.`;
}

function toldOfRoute(graph, vhost, lit, name) {
  const known = litRoute(vhost);
  const at = { vhost, name };
  if (!current().parameters.lit) {
    return known ? html`<a href=${href("topology", { ...at, lit: "1" })}>Light the explained route</a>` : nothing;
  }
  const out = html`<a href=${href("topology", at)}>Put it out</a>`;
  if (!lit) return html`No explained route is known in this virtual host: explain one on the page of an exchange. ${out}`;
  const lines = graph.edges.filter((line) => isLit(lit, line)).length;
  if (lit.edges.size === 0) return html`The explained route ends at its first exchange: no binding matches. ${out}`;
  if (lines === 0) return html`Nothing of the explained route is drawn: it may have changed since. ${out}`;
  return lines < lit.edges.size ? html`Of the explained route ${count(lines)} of ${count(lit.edges.size)} connections are drawn, and lit. ${out}`
    : html`The explained route is lit. ${out}`;
}

const isLit = (lit, { kind, from, to }) => Boolean(lit?.edges.has(edge(kind, from, to)));

function drawn(graph, vhost, lit) {
  const placed = layout(graph);
  const { wide, high } = zoomed(placed);
  return html`<div class="graph-frame" tabindex="0" role="region" aria-label="Graph of the topology" @pointerdown=${drag}>
    <svg class="graph ${lit ? "has-lit" : ""}" viewBox="0 0 ${placed.width} ${placed.height}" width=${wide} height=${high} role="group"
      aria-label="${graph.nodes.length} exchanges, queues and groups of consumers with ${graph.edges.length} connections">
      <defs>${TIPS.map(([tip, size]) => svg`<marker id="tip-${tip}" class="tip ${tip}" viewBox="0 0 8 8" refX=${8 - (8 * 8) / size} refY="4" markerWidth=${size} markerHeight=${size} markerUnits="userSpaceOnUse" orient="auto">
        <path d="M0 0.8 8 4 0 7.2z"></path></marker>`)}</defs>
      ${placed.edges.map((line) => edgeOf(line, isLit(lit, line)))}
      ${placed.edges.map((line) => labelOf(line, isLit(lit, line)))}
      ${repeat(placed.nodes, (node) => node.id, (node) => nodeOf(node, vhost, Boolean(lit?.nodes.has(node.id))))}
    </svg></div>`;
}

/** Tips of lines and their sizes; each begins eight before its point. */
const TIPS = [["binding", 10], ["dead-letter", 10], ["alternate", 10], ["consumers", 10], ["lit", 14]];

const edgeOf = (line, lit) => svg`<g class="edge ${line.kind} ${lit ? "lit" : ""}">
  <path class="reach" d=${line.way}><title>${titleOf(line)}</title></path>
  <path class="line" d=${line.way} marker-end="url(#tip-${lit ? "lit" : line.kind})"></path></g>`;

/** Above all lines. */
const labelOf = ({ label }, lit) => label
  ? svg`<text class="key ${lit ? "lit" : ""}" x=${label.x} y=${label.y} text-anchor="middle">${label.text}</text>` : nothing;

const WORDS = { binding: "binding", "dead-letter": "dead letters", alternate: "alternate exchange", consumers: "consumers" };

function titleOf({ kind, from, to, keys, count: all }) {
  const way = `${nameIn(from)} → ${nameIn(to)}: ${all > 1 ? `${count(all)} bindings` : WORDS[kind]}`;
  const rest = all > keys.length && keys.length > 0 ? [`and ${count(all - keys.length)} more`] : [];
  return [way, ...keys.map((key) => key || "(empty key)"), ...rest].join("\n");
}

const nameIn = (id) => id.slice(id.indexOf("/") + 1) || "(default)";

const plural = (amount, word) => `${short(amount)} ${word}${amount === 1 ? "" : "s"}`;
const flow = (word, value) => rate(value) === "–" ? "" : ` · ${word}${rate(value)}/s`;

const FIGURES = {
  exchange: (node) => `${node.type}${flow("in ", node.in_rate)}${flow("out ", node.out_rate)}`,
  queue: (node) => `${plural(node.messages, "message")}${node.paused ? " · paused" : flow("in ", node.publish_rate)}`,
  consumers: (node) => `${plural(node.consumers, "consumer")}${flow("", node.deliver_rate)}`,
};

const PLACES = {
  exchange: ({ name }, vhost) => href("exchange", { vhost, name: name || "amq.default" }),
  queue: ({ name }, vhost) => href("queue", { vhost, name }),
  consumers: ({ name }, vhost) => href("queue", { vhost, name, tab: "consumers" }),
};

function nodeOf(node, vhost, lit) {
  const waits = node.kind === "queue" && node.consumers === 0 && node.messages > 0;
  const figures = FIGURES[node.kind](node);
  return svg`<a href=${PLACES[node.kind](node, vhost)} aria-label="${node.kind === "consumers" ? `consumers of ${node.name}` : `${node.kind} ${node.name || "(default)"}`}, ${figures}">
    <g class="node ${node.kind} ${waits ? "waits" : ""} ${node.paused ? "paused" : ""} ${lit ? "lit" : ""}" transform="translate(${node.x} ${node.y})">
      <title>${detailsOf(node, figures)}</title>
      <rect width=${node.width} height=${node.height} rx=${CORNERS[node.kind]}></rect>
      ${node.label ? svg`<text class="name" x="12" y="19">${node.label}</text>` : nothing}
      <text class="more" x="12" y=${node.label ? 35 : 16}>${figures}</text>
    </g></a>`;
}

function detailsOf(node, figures) {
  const lines = [node.kind === "consumers" ? `Consumers of ${node.name}` : node.name || "(default)", figures];
  if (node.kind === "queue" && node.dead_lettered > 0) lines.push(`${count(node.dead_lettered)} dead-lettered since the start`);
  return lines.join("\n");
}

const legend = html`<ul class="graph-legend" aria-label="Legend">
  <li><span class="box-key exchange"></span>exchange</li>
  <li><span class="box-key queue"></span>queue</li>
  <li><span class="box-key queue waits"></span>messages, but no consumer</li>
  <li><span class="box-key consumers"></span>consumers of a queue</li>
  <li><span class="line-key binding"></span>binding</li>
  <li><span class="line-key dead-letter"></span>dead letters</li>
  <li><span class="line-key alternate"></span>alternate exchange</li>
  <li><span class="line-key lit"></span>explained route</li></ul>`;
