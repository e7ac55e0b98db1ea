// The topology as a graph: exchanges, bindings, queues and consumers, with live rates. The broker
// chooses what is shown, so that the page is as fast with ten thousand queues.
import { html, nothing, svg } from "../lib.js";
import { get, path } from "../api.js";
import { count, rate, short } from "../format.js";
import { empty, pageHeading } from "../parts.js";
import { change, current, href } from "../router.js";
import { edge, hasLight, isLit } from "./explanation.js";
import { layout } from "./layout.js";

const SHAPES = { exchange: 16, queue: 3, consumers: 12 };

export const topology = {
  name: "topology",
  title: "Topology",
  intervalMs: 2_000,

  async load(signal) {
    const { vhost = "/", name } = current().parameters;
    const [graph, hosts] = await Promise.all(
      [get(path("topology", vhost), { name }, signal), get("/vhosts", { columns: "name" }, signal)]);
    return { graph, hosts: hosts.map((host) => host.name), vhost };
  },

  view({ graph, hosts, vhost }) {
    const { name = "" } = current().parameters;
    return html`
      ${pageHeading("Topology")}
      <div class="toolbar">
        <label>Virtual host <select @change=${(event) => change({ vhost: event.target.value, name: undefined })}>
          ${hosts.map((host) => html`<option value=${host} ?selected=${host === vhost}>${host}</option>`)}</select></label>
        <label class="filter plain"><span class="visually-hidden">Filter</span><input id="filter" type="search" placeholder="Filter exchanges and queues" .value=${name}
          @input=${(event) => change({ name: event.target.value }, { replace: true })}></label>
        <span class="shown" aria-live="polite">${graph.truncated ? html`The busiest ${graph.nodes.length} of ${count(graph.total)} are shown: filter for others.` : nothing}
          ${hasLight(vhost) ? "The explained route is lit." : nothing}</span>
      </div>
      ${graph.nodes.length === 0 ? empty("Nothing to draw", "Exchanges and queues that are bound to each other show up here.") : drawn(graph, vhost)}
      <p class="quiet legend-line"><span class="line-key binding"></span>binding <span class="line-key dead-letter"></span>dead letters <span class="line-key alternate"></span>alternate exchange</p>`;
  },
};

/** Wider graphs keep their size. */
const FITS_MAX = 1_400;

function drawn(graph, vhost) {
  const placed = layout(graph);
  return html`<div class="graph-frame" tabindex="0" aria-label="Graph of the topology">
    <svg class="graph ${placed.width <= FITS_MAX ? "fits" : ""}" viewBox="0 0 ${placed.width} ${placed.height}" width=${placed.width} height=${placed.height} role="img"
      aria-label="${graph.nodes.length} exchanges and queues with ${graph.edges.length} connections">
      <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
        <path d="M0 0.5 8 4 0 7.5z"></path></marker></defs>
      ${placed.edges.map((line) => edgeOf(line, vhost))}
      ${placed.nodes.map((node) => nodeOf(node, vhost))}
    </svg></div>`;
}

function edgeOf(line, vhost) {
  const lit = isLit(vhost, edge(line.kind, line.from, line.to));
  const [first, ...rest] = line.points;
  const way = `M${first.x} ${first.y}${rest.map(({ x, y }) => `L${x} ${y}`).join("")}`;
  const middle = line.points[Math.floor(line.points.length / 2)];
  return svg`<g class="edge ${line.kind} ${lit ? "lit" : ""}">
    <path d=${way} marker-end="url(#tip)"><title>${line.title}</title></path>
    ${line.label ? svg`<text x=${middle.x} y=${middle.y - 5} text-anchor="middle">${line.label}</text>` : nothing}</g>`;
}

function nodeOf(node, vhost) {
  const isQueue = node.kind === "queue";
  const details = isQueue
    ? `${short(node.messages)} messages · ${node.consumers} consumers`
    : node.type;
  const flow = rate(isQueue ? node.deliver_rate : node.in_rate);
  return svg`<a href=${href(node.kind, { vhost, name: node.name || "amq.default" })}>
    <g class="node ${node.kind} ${isQueue && node.consumers === 0 && node.messages > 0 ? "waits" : ""}" transform="translate(${node.x - node.width / 2} ${node.y - node.height / 2})">
      <title>${node.name || "(default)"}</title>
      <rect width=${node.width} height=${node.height} rx=${SHAPES[node.kind]}></rect>
      <text class="name" x="12" y="19">${cut(node.name || "(default)")}</text>
      <text class="more" x="12" y="35">${details}${flow === "–" ? "" : ` · ${flow}/s`}</text>
    </g></a>`;
}

const cut = (text) => text.length > 24 ? `${text.slice(0, 23)}…` : text;
