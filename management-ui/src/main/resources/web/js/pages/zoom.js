// How large the graph is drawn and what of it is in view. Size and scroll position are the viewer's,
// so they are kept while figures change.
import { redraw } from "../redraw.js";

const STEP = 1.25;
const SCALE_MIN = 0.2;
const SCALE_MAX = 3;
/** A little too wide is drawn smaller; much too wide is scrolled. */
const FIT_MIN = 0.68;

/** Null: as wide as the frame. */
let scale = null;

const frame = () => document.querySelector(".graph-frame");

/** How wide and high a graph of this size is drawn. */
export function zoomed({ width, height }) {
  const wide = Math.round(scale === null ? Math.max(width * FIT_MIN, Math.min(width, room())) : width * scale);
  return { wide, high: width === 0 ? 0 : Math.round((wide * height) / width) };
}

/** The width of the frame, also before it is there. */
function room() {
  const around = frame();
  if (around) return around.clientWidth;
  const content = document.getElementById("content");
  if (!content) return innerWidth;
  const { paddingLeft, paddingRight } = getComputedStyle(content);
  return content.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - 2;
}

addEventListener("resize", () => frame() && redraw());

export const zoomIn = () => zoom(STEP);
export const zoomOut = () => zoom(1 / STEP);

/** As a whole, if it can be. */
export function zoomToFit() {
  const graph = frame()?.querySelector("svg");
  if (!graph) return;
  const { width, height } = graph.viewBox.baseVal;
  const whole = Math.min(1, frame().clientWidth / width, (innerHeight * 0.76) / height);
  scale = scale === null || Math.abs(scale - whole) > 0.001 ? Math.max(SCALE_MIN, whole) : null;
  redraw();
}

/** What is in the middle stays there. */
function zoom(factor) {
  const around = frame();
  const graph = around?.querySelector("svg");
  if (!graph) return;
  const before = graph.getBoundingClientRect().width;
  const x = (around.scrollLeft + around.clientWidth / 2) / before;
  const y = (around.scrollTop + around.clientHeight / 2) / before;
  scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, (before / graph.viewBox.baseVal.width) * factor));
  redraw();
  const after = graph.getBoundingClientRect().width;
  around.scrollTo(x * after - around.clientWidth / 2, y * after - around.clientHeight / 2);
}

/** Brings the lit route into view, or else the first exchange; once for each key. */
export function reveal(key) {
  requestAnimationFrame(() => {
    const around = frame();
    if (!around || around.dataset.revealed === key) return;
    around.dataset.revealed = key;
    const first = around.querySelector(".node.lit") ?? around.querySelector(".node.exchange");
    if (!first) return;
    const [box, view] = [first.getBoundingClientRect(), around.getBoundingClientRect()];
    around.scrollBy(Math.min(0, box.left - view.left - 16), 0);
    around.scrollBy(box.right > view.right ? box.left - view.left - 16 : 0, box.top + box.height / 2 - view.top - around.clientHeight / 2);
  });
}

/** A mouse drags the graph about; fingers scroll it by themselves. */
export function drag(event) {
  if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("a")) return;
  const around = event.currentTarget;
  const move = (moved) => around.scrollBy(-moved.movementX, -moved.movementY);
  const end = () => {
    around.classList.remove("dragged");
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
  };
  around.classList.add("dragged");
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}
