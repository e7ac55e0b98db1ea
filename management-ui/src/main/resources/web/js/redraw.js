// Draws the page again from anywhere: what changed is no data of the broker, but of the console.
const EVENT = "warren-redraw";

export function redraw() {
  dispatchEvent(new Event(EVENT));
}

export function onRedraw(listener) {
  addEventListener(EVENT, listener);
}
