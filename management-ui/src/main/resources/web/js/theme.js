// The colour theme: the system's, unless the operator chose one. The only thing kept in storage.
const KEY = "warren.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

export function theme() {
  return document.documentElement.dataset.theme || (system.matches ? "dark" : "light");
}

export function toggleTheme() {
  const next = theme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is off: the choice lasts until the page is left.
  }
  announce();
}

/** Calls back after every change; returns a function that stops it. */
export function onThemeChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A colour of the current theme, for what is drawn on a canvas. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function announce() {
  for (const listener of listeners) listener();
}

system.addEventListener("change", announce);
