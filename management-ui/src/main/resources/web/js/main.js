// Ties pages, address, log-in and loading together. A page is {name, title, intervalMs,
// load(signal) -> data, view(data, refresh)}; what is shown is in the address, so that a view can be
// linked to, but for what was typed or chosen and not sent yet. One
// that needs a tag names it as `requires`, and says so in `refusal` to users who have not got it.
import { html, nothing, render } from "./lib.js";
import { forgetCredentials, get, Refused } from "./api.js";
import { Poller } from "./poll.js";
import { current, onChange, change, href } from "./router.js";
import { onThemeChange } from "./theme.js";
import { LogIn } from "./login.js";
import { shell } from "./shell.js";
import { overview } from "./pages/overview.js";
import { queues } from "./pages/queues.js";
import { exchanges } from "./pages/exchanges.js";
import { bindings } from "./pages/bindings.js";
import { connections } from "./pages/connections.js";
import { audit } from "./pages/audit.js";
import { alarms } from "./pages/alarms.js";
import { connection } from "./pages/connection.js";
import { definitions } from "./pages/definitions.js";
import { exchange } from "./pages/exchange.js";
import { message } from "./pages/message.js";
import { queue } from "./pages/queue.js";
import { topology } from "./pages/topology.js";
import { user, users } from "./pages/users.js";
import { vhosts } from "./pages/vhosts.js";
import { onRedraw } from "./redraw.js";

const pages = [overview, topology, queues, exchanges, bindings, connections, users, vhosts, definitions, alarms, audit];

/** Of one object: reached from its list, which they name as `within`. */
const details = [queue, message, exchange, connection, user];
const root = document.getElementById("app");
const logIn = new LogIn(begin, draw);

let me = null;
let node = null;
let page = null;
let shown = null;
let data = null;
let refusal = null;
let lost = null;
let lastLoaded = null;
let arrived = false;

const poller = new Poller(load, {
  loaded() {
    lost = null;
    refusal = null;
    lastLoaded = new Date();
    draw();
    if (!arrived) showCurrent();
    arrived = true;
  },
  lost() {
    lost ??= (lastLoaded ?? new Date()).toTimeString().slice(0, 8);
    draw();
  },
  async refused(failure) {
    const asked = location.hash;
    if (failure.status === 401 && !(await isStillLoggedIn())) return end();
    if (asked !== location.hash || !me) return;
    // The list became shorter than the page that is shown.
    if (failure.status === 400 && Number(current().parameters.page) > 1) {
      return change({ page: undefined }, { replace: true });
    }
    refusal = failure;
    draw();
  },
});

/**
 * The API says 401 to a lost log-in and to a missing permission alike. Who is still known to it has
 * asked for something that is not his.
 */
async function isStillLoggedIn() {
  try {
    await get("/whoami");
    return true;
  } catch (failure) {
    return !(failure instanceof Refused && failure.status === 401);
  }
}

async function load(signal) {
  const loading = page;
  const loaded = await loading.load(signal);
  if (signal.aborted || loading !== page) return;
  data = loaded;
  node = loaded.node ?? node;
}

function show() {
  if (!me) return draw();
  const { page: name } = current();
  const next = [...pages, ...details].find((candidate) => candidate.name === name) ?? overview;
  // Of another object, nothing of the old one is shown.
  const object = next.within ? objectOf(next) : next.name;
  if (next !== page || object !== shown) {
    if (next !== page) scrollTo(0, 0);
    page = next;
    shown = object;
    data = null;
    refusal = null;
  }
  document.title = `${page.title} · Warren`;
  arrived = false;
  draw();
  if (isAllowed(page)) poller.start(page.intervalMs);
  else poller.stop();
}

/** What a page of one object is about; another part of it is no other object. */
function objectOf({ name }) {
  const { vhost, name: named, queue: of, id } = current().parameters;
  return JSON.stringify([name, vhost, named, of, id]);
}

/** The broker decides; this only keeps from asking what it would refuse. */
function isAllowed({ requires }) {
  return !requires || me.tags.includes(requires) || me.tags.includes("administrator");
}

function begin(user) {
  me = user;
  show();
  document.getElementById("content").focus();
}

function end() {
  forgetCredentials();
  poller.stop();
  me = page = data = lost = null;
  draw();
}

function draw() {
  const focused = document.activeElement;
  render(me ? framed() : logIn.view(), root);
  // What had the focus may be gone: whoever has no mouse goes on in what took its place.
  if (focused !== document.body && !focused?.isConnected) {
    (document.getElementById("content") ?? document.querySelector("input[name=user]"))?.focus();
  }
}

function framed() {
  const frame = { pages: pages.filter(isAllowed), page: page.within ?? page.name, me, lost, node, logOut: end };
  if (!isAllowed(page)) {
    return shell(frame, html`<div class="empty"><h1>${page.title}</h1><p>${page.refusal}</p></div>`);
  }
  if (refusal) {
    const title = refusal.status === 404 && page.within ? `The ${page.title.toLowerCase()} does not exist (any more)` : "The broker refused";
    return shell(frame, html`<div class="empty"><h1>${title}</h1><p>${refusal.message}</p>
      ${page.within ? html`<p><a href=${href(page.within)}>Back to the list</a></p>` : nothing}</div>`);
  }
  return shell(frame, data ? page.view(data, () => poller.now()) : html`<p class="loading" role="status">Loading…</p>`);
}

/** On a phone the pages are in a row that is wider than the window, and so are the parts of a page. */
function showCurrent() {
  for (const link of document.querySelectorAll("nav [aria-current]")) {
    const row = link.closest("nav");
    row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
  }
}

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const filter = document.getElementById("filter");
    if (filter) {
      event.preventDefault();
      filter.focus();
    }
  }
  if (event.key === "Escape" && event.target.id === "filter") event.target.blur();
});

onChange(show);
onThemeChange(draw);
onRedraw(draw);
draw();
