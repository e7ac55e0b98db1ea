// A live line chart: <live-chart>, drawn on a canvas by uPlot, and the sparkline of a table row.
import { uPlot, svg } from "./lib.js";
import { colour, onThemeChange } from "./theme.js";
import { short } from "./format.js";

const FONT = '11px system-ui, -apple-system, "Segoe UI", sans-serif';
const HEIGHT = 210;

/**
 * Properties: `series` [{name, colour}] and `points` [seconds, values, values...]. The legend is a
 * list of its own, so that it can be read by a screen reader and wraps on a phone.
 */
class LiveChart extends HTMLElement {
  #plot = null;
  #series = [];
  #points = [[]];
  #legend = null;
  #stops = [];

  set series(series) {
    if (JSON.stringify(series) === JSON.stringify(this.#series)) return;
    this.#series = series;
    if (this.isConnected) this.#build();
  }

  set points(points) {
    this.#points = points;
    this.#plot?.setData(points);
    this.#tell(points[0].length - 1);
  }

  connectedCallback() {
    this.#build();
    const observer = new ResizeObserver(() => this.#fit());
    observer.observe(this);
    this.#stops = [() => observer.disconnect(), onThemeChange(() => this.#build())];
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #build() {
    this.#plot?.destroy();
    this.replaceChildren();
    this.#legend = document.createElement("dl");
    this.#legend.className = "legend";
    for (const { name, colour: key } of this.#series) {
      const entry = document.createElement("div");
      const term = document.createElement("dt");
      term.className = `key key-${key}`;
      term.textContent = name;
      entry.append(term, document.createElement("dd"));
      this.#legend.append(entry);
    }
    this.append(this.#legend);
    const place = document.createElement("div");
    place.className = "plot";
    this.append(place);
    this.#plot = new uPlot(this.#options(), this.#points, place);
    this.#tell(this.#points[0].length - 1);
  }

  #options() {
    const grid = { stroke: colour("line"), width: 1 };
    const axis = { stroke: colour("ink-3"), font: FONT, grid, ticks: { show: false } };
    return {
      width: Math.max(120, this.clientWidth),
      height: HEIGHT,
      padding: [10, 26, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { setScale: false } },
      scales: { y: { range: (plot, low, high) => [0, Math.max(high * 1.12, 4)] } },
      axes: [
        { ...axis, grid: { show: false }, size: 28, space: 90, values: (plot, ticks) => ticks.map(clockTime) },
        { ...axis, size: 46, gap: 6, values: (plot, ticks) => ticks.map(short) },
      ],
      series: [
        {},
        ...this.#series.map(({ name, colour: key }, index) => ({
          label: name,
          stroke: colour(key),
          width: 2,
          // Accepted follows delivered closely: dashes let both be seen.
          dash: index === 2 ? [5, 4] : undefined,
          fill: index === 0 ? colour(`${key}-wash`) : undefined,
          points: { show: false },
          paths: uPlot.paths.spline(),
        })),
      ],
      hooks: {
        setCursor: [(plot) => this.#tell(plot.cursor.idx ?? this.#points[0].length - 1)],
      },
    };
  }

  #tell(index) {
    const values = this.#legend?.querySelectorAll("dd") ?? [];
    values.forEach((element, i) => {
      const value = this.#points[i + 1]?.[index];
      element.textContent = value === undefined || value === null ? "–" : short(Math.round(value));
    });
  }

  #fit() {
    const width = Math.max(120, this.clientWidth);
    if (this.#plot && this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
  }
}

customElements.define("live-chart", LiveChart);

/** A small picture of two rates over the last minute, on one scale. */
export function sparkline(first, second) {
  const width = 84;
  const height = 26;
  const high = Math.max(1, ...first, ...second);
  const line = (values) => values.map((value, i) => {
    const x = values.length < 2 ? 0 : (i * width) / (values.length - 1);
    return `${x.toFixed(1)},${(height - 2 - (value / high) * (height - 4)).toFixed(1)}`;
  }).join(" ");
  return svg`<svg class="sparkline" viewBox="0 0 ${width} ${height}" width=${width} height=${height}
      preserveAspectRatio="none" aria-hidden="true">
    <polyline class="spark-1" points=${line(first)}></polyline>
    <polyline class="spark-2" points=${line(second)}></polyline>
  </svg>`;
}

function clockTime(seconds) {
  return new Date(seconds * 1000).toTimeString().slice(0, 8);
}
