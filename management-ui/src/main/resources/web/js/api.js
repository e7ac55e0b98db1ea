// The HTTP API. Credentials live in this module and nowhere else; a reload asks for them again.
const TIMEOUT_MS = 10_000;
let authorization = null;

/** The server refused: carries its status, its reason and all it said. */
export class Refused extends Error {
  constructor(status, reason, body) {
    super(reason);
    this.status = status;
    this.body = body;
  }
}

/** The server cannot be reached. */
export class Unreachable extends Error {}

export function forgetCredentials() {
  authorization = null;
}

/** Tries the credentials; keeps them if they are good. Returns who we are. */
export async function logIn(name, password) {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  const tried = "Basic " + btoa(String.fromCharCode(...bytes));
  const me = await request("GET", "/whoami", { authorization: tried });
  authorization = tried;
  return me;
}

/** GET, with query parameters; those undefined, null or empty are left out. */
export function get(path, parameters = {}, signal) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return request("GET", text ? `${path}?${text}` : path, { authorization, signal });
}

export function remove(path, reason) {
  return request("DELETE", path, { authorization, headers: reason ? { "x-reason": reason } : {} });
}

/** PUT or POST with a JSON body. */
export function put(path, body) {
  return request("PUT", path, { authorization, body });
}

export function post(path, body = {}) {
  return request("POST", path, { authorization, body });
}

/** A path below the API; every segment is encoded, for names may hold anything. */
export const path = (...segments) => `/${segments.map(encodeURIComponent).join("/")}`;

async function request(method, path, { authorization: credentials, headers = {}, body: sent, signal }) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  let body;
  try {
    response = await fetch(`/api${path}`, {
      method,
      // Omitted, so that the browser does not put its own log-in prompt over ours.
      credentials: "omit",
      cache: "no-store",
      headers: {
        ...headers,
        ...(credentials ? { authorization: credentials } : {}),
        ...(sent === undefined ? {} : { "content-type": "application/json" }),
      },
      body: sent === undefined ? undefined : JSON.stringify(sent),
      signal: signal ? anyOf(signal, timeout) : timeout,
    });
    const text = await response.text();
    body = text === "" ? null : JSON.parse(text);
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new Unreachable(failure.message);
  }
  if (!response.ok) throw new Refused(response.status, body?.reason ?? response.statusText, body);
  return body;
}

function anyOf(...signals) {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}
