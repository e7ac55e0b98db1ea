// Where the boxes and lines of a graph go, by the layout library; computed anew only if there are
// other boxes or lines, so that figures change without anything moving.
import { dagre } from "../lib.js";

const WIDTH = 190;
const HEIGHT = 46;
let last = { key: "", placed: null };

/** `graph`: {nodes: [{id}], edges: [{from, to, kind}]}. Adds x, y, width, height and points. */
export function layout(graph) {
  const key = JSON.stringify([graph.nodes.map(({ id }) => id), graph.edges.map(({ from, to, kind }) => [from, to, kind])]);
  if (key !== last.key) last = { key, placed: compute(graph) };
  const { placed } = last;
  return {
    width: placed.width,
    height: placed.height,
    nodes: graph.nodes.map((node) => ({ ...node, ...placed.nodes.get(node.id), width: WIDTH, height: HEIGHT })),
    edges: graph.edges.map((edge, i) => ({ ...edge, points: placed.edges[i] })),
  };
}

function compute(graph) {
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 110, marginx: 16, marginy: 16 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const { id } of graph.nodes) drawing.setNode(id, { width: WIDTH, height: HEIGHT });
  graph.edges.forEach(({ from, to }, i) => drawing.setEdge(from, to, {}, String(i)));
  dagre.layout(drawing);
  const nodes = new Map(graph.nodes.map(({ id }) => {
    const { x, y } = drawing.node(id);
    return [id, { x, y }];
  }));
  const edges = graph.edges.map(({ from, to }, i) => drawing.edge({ v: from, w: to, name: String(i) }).points);
  const { width = 0, height = 0 } = drawing.graph();
  return { nodes, edges, width: Math.ceil(width), height: Math.ceil(height) };
}
