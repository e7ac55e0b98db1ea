// Ties pages, address, log-in and loading together. A page is {name, title, intervalMs,
// load(signal) -> data, view(data, refresh)}; what is shown is in the address, so that a view can be
// linked to, but for what was typed or chosen and not sent yet. One
// that needs a tag names it as `requires`, and says so in `refusal` to users who have not got it.
import { html, render } from "./lib.js";
import { forgetCredentials } from "./api.js";
import { Poller } from "./poll.js";
import { current, onChange, change } from "./router.js";
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

const poller = new Poller(load, {
  loaded() {
    lost = null;
    refusal = null;
    lastLoaded = new Date();
    draw();
  },
  lost() {
    lost ??= (lastLoaded ?? new Date()).toTimeString().slice(0, 8);
    draw();
  },
  refused(failure) {
    if (failure.status === 401 && me) return end();
    // The list became shorter than the page that is shown.
    if (failure.status === 400 && Number(current().parameters.page) > 1) {
      return change({ page: undefined }, { replace: true });
    }
    refusal = failure.message;
    draw();
  },
});

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
  const object = next.within ? location.hash : next.name;
  if (next !== page || object !== shown) {
    if (next !== page) scrollTo(0, 0);
    page = next;
    shown = object;
    data = null;
    refusal = null;
  }
  document.title = `${page.title} · Warren`;
  draw();
  if (isAllowed(page)) poller.start(page.intervalMs);
  else poller.stop();
}

/** The broker decides; this only keeps from asking what it would refuse. */
function isAllowed({ requires }) {
  return !requires || me.tags.includes(requires) || me.tags.includes("administrator");
}

function begin(user) {
  me = user;
  show();
}

function end() {
  forgetCredentials();
  poller.stop();
  me = page = data = lost = null;
  draw();
}

function draw() {
  render(me ? framed() : logIn.view(), root);
}

function framed() {
  const frame = { pages: pages.filter(isAllowed), page: page.within ?? page.name, me, lost, node, logOut: end };
  if (!isAllowed(page)) {
    return shell(frame, html`<div class="empty"><h1>${page.title}</h1><p>${page.refusal}</p></div>`);
  }
  if (refusal) {
    return shell(frame, html`<div class="empty"><h2>The broker refused</h2><p>${refusal}</p></div>`);
  }
  return shell(frame, data ? page.view(data, () => poller.now()) : html`<p class="loading" role="status">Loading…</p>`);
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
