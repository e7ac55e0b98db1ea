// The address after the hash: a page and its parameters, such as #/queues?name=mail&page=2.
// Filters and sorting live there, so that a view can be linked to and the back button works.

/** The page's name and its parameters. */
export function current() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { page: path || "overview", parameters: Object.fromEntries(new URLSearchParams(query)) };
}

export function href(page, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return `#/${page}${text ? `?${text}` : ""}`;
}

/** Changes parameters of the page shown; typing into a filter does not fill the history. */
export function change(parameters, { replace = false } = {}) {
  const { page, parameters: old } = current();
  const next = href(page, { ...old, ...parameters });
  if (next === location.hash) return;
  if (replace) {
    history.replaceState(null, "", next);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    location.hash = next;
  }
}

export function onChange(listener) {
  addEventListener("hashchange", listener);
}
