// Where the boxes of a graph with very many lines go, for which the layout library would take too
// long: exchanges in columns by how far they are from the first, queues in the last column, and each
// as near to what leads to it as there is room. Lines may cross boxes, which a dense graph has to.
const SWEEPS = 4;
const BETWEEN_COLUMNS = 260;

/**
 * Groups: [{id, kind, width, height}]; lines: [{from, to, kind}] between their ids. Returns the centres
 * of the groups by id, `points` of a line (its ends), and the size of it all.
 */
export function inColumns(groups, lines, { margin, between }) {
  const columns = columnsOf(groups, lines);
  const places = new Map(groups.map((group) => [group.id, { width: group.width, height: group.height, x: 0, y: 0 }]));
  let left = margin;
  for (const column of columns) {
    const width = Math.max(...column.map((group) => group.width));
    for (const { id } of column) places.get(id).x = left + width / 2;
    left += width + BETWEEN_COLUMNS;
  }
  const neighbours = new Map(groups.map(({ id }) => [id, []]));
  for (const { from, to } of lines) {
    neighbours.get(from).push(to);
    neighbours.get(to).push(from);
  }
  for (const column of columns) stack(column, places, margin, between);
  for (let i = 0; i < SWEEPS; i++) {
    const order = i % 2 === 0 ? columns : [...columns].reverse();
    for (const column of order) {
      const wish = new Map(column.map(({ id }) => [id, middle(neighbours.get(id).map((other) => places.get(other).y), places.get(id).y)]));
      column.sort((a, b) => wish.get(a.id) - wish.get(b.id));
      stack(column, places, margin, between);
    }
  }
  const height = Math.max(...[...places.values()].map((place) => place.y + place.height / 2)) + margin;
  for (const column of columns) spread(column, places, height - 2 * margin, margin);
  const points = ({ from, to }) => {
    const [a, b] = [places.get(from).x, places.get(to).x];
    return a < b ? [{ x: a + 1 }, { x: b - 1 }] : a > b ? [{ x: a - 1 }, { x: b + 1 }] : [{ x: a + 1 }, { x: b + 1 }];
  };
  return { places, points, width: left - BETWEEN_COLUMNS + margin, height };
}

/** By the longest way over exchanges; circles are gone round once. Empty columns are left out. */
function columnsOf(groups, lines) {
  const isExchange = new Map(groups.map(({ id, kind }) => [id, kind === "exchange"]));
  const between = lines.filter(({ kind, from, to }) => kind !== "dead-letter" && isExchange.get(from) && isExchange.get(to));
  const depth = new Map(groups.map(({ id }) => [id, 0]));
  const exchanges = groups.filter(({ kind }) => kind === "exchange").length;
  let deepest = 0;
  for (let round = 0, moved = true; moved && round < Math.min(exchanges, 6); round++) {
    moved = false;
    for (const { from, to } of between) {
      if (depth.get(to) > depth.get(from) || from === to) continue;
      depth.set(to, depth.get(from) + 1);
      deepest = Math.max(deepest, depth.get(to));
      moved = true;
    }
  }
  const columns = Array.from({ length: deepest + 2 }, () => []);
  for (const group of groups) columns[group.kind === "exchange" ? depth.get(group.id) : deepest + 1].push(group);
  return columns.filter((column) => column.length > 0);
}

function stack(column, places, margin, between) {
  let top = margin;
  for (const { id } of column) {
    const place = places.get(id);
    place.y = top + place.height / 2;
    top += place.height + between;
  }
}

/** A shorter column takes the room of the highest. */
function spread(column, places, room, margin) {
  const taken = column.reduce((sum, { height }) => sum + height, 0);
  const gap = (room - taken) / (column.length + 1);
  const last = places.get(column.at(-1).id);
  if (last.y + last.height / 2 >= room + margin - 1) return;
  let top = margin + gap;
  for (const { id, height } of column) {
    places.get(id).y = top + height / 2;
    top += height + gap;
  }
}

function middle(values, otherwise) {
  return values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length;
}
