// Where the boxes and lines of a graph go; computed anew only if there are other boxes or lines, so
// that figures change without anything moving. The layout library places exchanges, queues and
// stacks: queues with the same lines to and from others stand on each other, which is easier to
// read, and quick. A queue's consumers stand beside it. What is alone stands below the rest.
import { dagre } from "../lib.js";
import { inColumns } from "./columns.js";

const HEIGHT = 46;
const GAP = 12;
const PADDING = 24;
const NAME_MIN = 110;
const NAME_MAX = 230;
const CONSUMERS = { height: 24, gap: 32, up: 6 };
const MARGIN = 16;
const BETWEEN = 18;
/** With more lines between stacks the library takes too long. */
const LINES_MAX = 60;
/** What is alone stands in rows of at least this width. */
const ROWS_WIDTH = 900;
/** Where a line ends, its tip begins. */
const TIP = 8;
const LABEL_MAX = 150;
/** The widest figures there can be: a box must not depend on those of the moment. */
const QUEUE_FIGURES = "9,999 messages · in 9,999/s";
const EXCHANGE_FIGURES = " · in 9,999/s · out 9,999/s";
const CONSUMERS_FIGURES = "9,999 consumers · 9,999/s";

let last = { key: "", placed: null };
let pen = null;

/**
 * `graph`: {nodes: [{id, kind, name, type}], edges: [{from, to, kind, keys, count}]}. Adds to nodes x, y,
 * width, height and label, in the order they are read in; to edges the path, and a label with its place.
 */
export function layout(graph) {
  const key = JSON.stringify([graph.nodes.map(({ id, type }) => [id, type]), graph.edges.map(({ from, to, kind, count, keys }) => [from, to, kind, count, keys[0]])]);
  if (key !== last.key) last = { key, placed: compute(graph) };
  const { placed } = last;
  const nodes = graph.nodes.map((node) => ({ ...node, ...placed.boxes.get(node.id) }));
  nodes.sort((a, b) => a.column - b.column || a.y - b.y || a.x - b.x);
  return { ...placed, nodes, edges: graph.edges.map((edge, i) => ({ ...edge, ...placed.lines[i] })) };
}

function compute(graph) {
  const widths = measureBoxes(graph);
  const lines = graph.edges.filter(({ kind }) => kind !== "consumers");
  const connected = new Set(lines.flatMap(({ from, to }) => [from, to]));
  const groups = grouped(graph.nodes.filter(({ id }) => connected.has(id)), lines);
  const groupOf = new Map(groups.flatMap((group) => group.members.map(({ id }) => [id, group])));
  const between = new Map();
  for (const line of lines) {
    const [from, to] = [groupOf.get(line.from).id, groupOf.get(line.to).id];
    if (line.from !== line.to) between.set(nameOf(line.kind, from, to), { kind: line.kind, from, to });
  }
  const stacks = groups.map(({ id, members }) => ({ id, kind: members[0].kind, width: widths.cell(members[0]), height: members.length * (HEIGHT + GAP) - GAP }));
  const all = [...between.values()];
  const placed = groups.length === 0 ? { places: new Map(), points: () => [], width: 0, height: 0 }
    : all.length > LINES_MAX ? inColumns(stacks, all, { margin: MARGIN, between: BETWEEN }) : byLibrary(stacks, all);
  const boxes = placeGroups(placed.places, groups, widths);
  const alone = graph.nodes.filter(({ id, kind }) => kind !== "consumers" && !connected.has(id));
  const consumed = new Set(graph.nodes.filter(({ kind }) => kind === "consumers").map(({ name }) => `queue/${name}`));
  const cell = alone.some(({ id }) => consumed.has(id)) ? widths.cell : ({ kind }) => widths.box(kind);
  const { width, height } = placeAlone(boxes, alone, placed, { ...widths, cell });
  placeConsumers(boxes, graph, widths);
  const beside = new Map();
  const drawn = graph.edges.map((line) => {
    if (line.kind === "consumers") return toConsumers(boxes, line);
    const ends = [line.from, line.to].sort().join("\n");
    const nth = beside.get(ends) ?? 0;
    beside.set(ends, nth + 1);
    const stack = { kind: line.kind, from: groupOf.get(line.from).id, to: groupOf.get(line.to).id };
    return route(boxes, line, line.from === line.to ? null : placed.points(stack), nth);
  });
  placeLabels(graph, drawn, [...boxes.values()]);
  return { boxes, lines: drawn, width: Math.ceil(width), height: Math.ceil(height) };
}

const nameOf = (kind, from, to) => `${kind} ${from} ${to}`;

function byLibrary(stacks, lines) {
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: "LR", nodesep: BETWEEN, ranksep: 110, marginx: MARGIN, marginy: MARGIN });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of stacks) drawing.setNode(id, { width, height });
  for (const { kind, from, to } of lines) drawing.setEdge(from, to, {}, kind);
  dagre.layout(drawing);
  return {
    places: new Map(stacks.map(({ id }) => [id, drawing.node(id)])),
    points: ({ kind, from, to }) => drawing.edge({ v: from, w: to, name: kind }).points,
    width: drawing.graph().width,
    height: drawing.graph().height,
  };
}

/** Queues with the same lines are one group, in the order of their names. */
function grouped(nodes, lines) {
  const ends = new Map(nodes.map(({ id }) => [id, []]));
  for (const { kind, from, to } of lines) {
    ends.get(from).push(`${kind}>${to}`);
    ends.get(to).push(`${kind}<${from}`);
  }
  const groups = new Map();
  for (const node of nodes) {
    const key = node.kind === "queue" ? ends.get(node.id).sort().join("\n") : node.id;
    if (!groups.has(key)) groups.set(key, { id: `${groups.size}`, members: [] });
    groups.get(key).members.push(node);
  }
  for (const { members } of groups.values()) members.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  return [...groups.values()];
}

/** All boxes of a kind are as wide as the widest of them needs. */
function measureBoxes({ nodes }) {
  const widest = { exchange: NAME_MIN, queue: Math.max(NAME_MIN, textWidth(QUEUE_FIGURES, 11)), consumers: textWidth(CONSUMERS_FIGURES, 11) };
  for (const { kind, name, type } of nodes) {
    if (kind === "consumers") continue;
    const figures = kind === "exchange" ? textWidth(type + EXCHANGE_FIGURES, 11) : 0;
    widest[kind] = Math.max(widest[kind], figures, Math.min(NAME_MAX, textWidth(name, 13)));
  }
  const box = (kind) => Math.ceil(widest[kind] + PADDING);
  const beside = nodes.some(({ kind }) => kind === "consumers") ? CONSUMERS.gap + box("consumers") : 0;
  return { box, cell: ({ kind }) => box(kind) + (kind === "queue" ? beside : 0) };
}

function placeGroups(places, groups, widths) {
  // The library centres what stands in a column; boxes are easier to compare from one edge.
  const lefts = new Map();
  for (const { x, width } of places.values()) lefts.set(Math.round(x), Math.min(lefts.get(Math.round(x)) ?? x, x - width / 2));
  const boxes = new Map();
  for (const { id, members } of groups) {
    const { x, y, width, height } = places.get(id);
    members.forEach((node, i) => boxes.set(node.id, boxOf(node, widths, {
      x: lefts.get(Math.round(x)), y: y - height / 2 + i * (HEIGHT + GAP), cell: width, column: x })));
  }
  return boxes;
}

const boxOf = (node, { box }, place) => ({ ...place, width: box(node.kind), height: HEIGHT, label: cut(node.name || "(default)", box(node.kind) - PADDING) });

/** Rows below the rest; returns the size of it all. */
function placeAlone(boxes, alone, { width, height }, widths) {
  if (alone.length === 0) return { width, height };
  const cell = Math.max(...alone.map(widths.cell));
  const columns = Math.max(1, Math.min(alone.length, Math.floor((Math.max(width, ROWS_WIDTH) - 2 * MARGIN + BETWEEN) / (cell + BETWEEN))));
  const top = Math.max(MARGIN, height);
  alone.forEach((node, i) => boxes.set(node.id, boxOf(node, widths, {
    x: MARGIN + (i % columns) * (cell + BETWEEN), y: top + Math.floor(i / columns) * (HEIGHT + GAP), cell: widths.cell(node), column: Number.MAX_SAFE_INTEGER })));
  const rows = Math.ceil(alone.length / columns);
  return { width: Math.max(width, 2 * MARGIN + columns * (cell + BETWEEN) - BETWEEN), height: top + rows * (HEIGHT + GAP) - GAP + MARGIN };
}

function placeConsumers(boxes, graph, { box }) {
  for (const { id, kind, name } of graph.nodes) {
    if (kind !== "consumers") continue;
    const queue = boxes.get(`queue/${name}`);
    boxes.set(id, { x: queue.x + queue.width + CONSUMERS.gap, width: box("consumers"), cell: 0, column: queue.column,
      y: queue.y + (HEIGHT - CONSUMERS.height) / 2 - CONSUMERS.up, height: CONSUMERS.height, label: "" });
    queue.consumed = true;
  }
}

function toConsumers(boxes, line) {
  const queue = boxes.get(line.from);
  const y = queue.y + HEIGHT / 2 - CONSUMERS.up;
  return { way: `M${queue.x + queue.width} ${y}H${queue.x + queue.width + CONSUMERS.gap - TIP}` };
}

/** The `nth` line between two boxes is moved a little, so that those before can be seen. */
function route(boxes, line, points, nth) {
  const [from, to] = [boxes.get(line.from), boxes.get(line.to)];
  const shift = nth === 0 ? 0 : Math.ceil(nth / 2) * (nth % 2 === 0 ? -10 : 10);
  if (!points) {
    const [x, y] = [from.x + from.width, from.y + HEIGHT - 14];
    return { way: `M${x} ${y}c34 -4 34 18 ${TIP} 12`, middle: () => ({ x: x + 26, y: y + 6 }) };
  }
  const leavesRight = points[0].x >= from.column;
  const entersLeft = points.at(-1).x <= to.column;
  // Below the consumers, which stand in the way.
  const low = leavesRight && from.consumed ? HEIGHT / 2 - 8 : shift;
  const way = [{ x: leavesRight ? from.x + from.width : from.x, y: from.y + HEIGHT / 2 + low }];
  if (leavesRight && from.cell > from.width) way.push({ x: from.x + from.cell, y: way[0].y, straight: true });
  // Three points are the straight way; more lead around what lies between.
  if (points.length > 3) way.push(...points.slice(1, -1));
  const [end, y] = entersLeft ? [to.x - TIP, to.y + HEIGHT / 2 + shift] : [to.x + to.width + TIP, to.y + HEIGHT / 2 + (to.consumed ? HEIGHT / 2 - 8 : shift)];
  if (!entersLeft && to.cell > to.width) way.push({ x: to.x + to.cell, y });
  way.push({ x: end, y, straight: !entersLeft && to.cell > to.width });
  return { way: `M${way[0].x} ${way[0].y}${way.slice(1).map((point, i) => step(way[i], point)).join("")}`, middle: middleOf(way) };
}

function step(a, b) {
  if (b.straight) return `H${b.x}`;
  const bend = (b.x - a.x) / 2;
  return `C${a.x + bend} ${a.y} ${b.x - bend} ${b.y} ${b.x} ${b.y}`;
}

/** A point of the longest piece of a way; `t` from 0 to 1. */
function middleOf(way) {
  let [a, b] = [way[0], way[1]];
  for (let i = 1; i < way.length; i++) {
    if (Math.abs(way[i].x - way[i - 1].x) > Math.abs(b.x - a.x)) [a, b] = [way[i - 1], way[i]];
  }
  // Of a curve whose ends are level: the control points are half way.
  const along = (t) => 1.5 * (1 - t) * t + t * t * t;
  return (t) => ({
    x: a.x + (b.x - a.x) * (b.straight ? t : along(t)),
    y: b.straight ? a.y : a.y + (b.y - a.y) * (3 * t * t - 2 * t * t * t),
  });
}

const PLACES = [0.66, 0.54, 0.78, 0.42, 0.3];

/** A label goes where it covers neither a box nor another label; if nowhere, the title has to do. */
function placeLabels({ edges }, drawn, taken) {
  edges.forEach(({ keys, count }, i) => {
    const text = count > 1 ? `${count} keys` : cut(keys[0] ?? "", LABEL_MAX, 11);
    if (!text || !drawn[i].middle) return;
    const width = textWidth(text, 11) + 8;
    for (const t of PLACES) {
      const { x, y } = drawn[i].middle(t);
      const area = { x: x - width / 2, y: y - 14, width, height: 15 };
      if (taken.some((other) => overlap(area, other))) continue;
      taken.push(area);
      drawn[i].label = { text, x, y: y - 4 };
      return;
    }
  });
}

const overlap = (a, b) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function textWidth(text, size) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

/** Long names often begin alike and differ in their ends: the middle is left out. */
function cut(text, width, size = 13) {
  if (textWidth(text, size) <= width) return text;
  const letters = [...text];
  let [fits, tooLong] = [1, letters.length];
  const shortened = (kept) => `${letters.slice(0, Math.ceil(kept / 2)).join("")}…${letters.slice(letters.length - Math.floor(kept / 2)).join("")}`;
  while (tooLong - fits > 1) {
    const half = (fits + tooLong) >> 1;
    if (textWidth(shortened(half), size) <= width) fits = half;
    else tooLong = half;
  }
  return shortened(fits);
}
