// Looking into a queue: a page of messages, a filter, and how many there are. Nothing is taken.
import { html, nothing, repeat } from "../lib.js";
import { get, Refused } from "../api.js";
import { bytes, count, duration, plural, time } from "../format.js";
import { reasonOf } from "../form.js";
import { button } from "../parts.js";
import { redraw } from "../redraw.js";
import { change, current, href } from "../router.js";
import { plainTable } from "../table.js";

const LIMIT = 50;

/** Messages chosen for the tab "Move and mend", by their ids; of one queue. */
export const chosen = new Set();

/** What was counted of the search that is shown, or why it could not be: {matched, scanned, over, failed}. */
let counted = null;
let queueShown = null;

export function searchOfAddress() {
  const { filter, text, state } = current().parameters;
  return { filter, text, state };
}

export async function loadMessages(at, signal) {
  const { after } = current().parameters;
  if (queueShown !== at) {
    queueShown = at;
    chosen.clear();
    counted = null;
  }
  try {
    return await get(`${at}/messages`, { ...searchOfAddress(), after, limit: LIMIT }, signal);
  } catch (failure) {
    // A bad filter, a queue of one connection, no permission to read: the rest of the page is shown.
    if (failure instanceof Refused && [400, 401].includes(failure.status)) return { refused: failure.message, items: [] };
    throw failure;
  }
}

export function messageBrowser(queue, at, page) {
  const { filter = "", text = "", state = "ready", after } = current().parameters;
  const search = (event) => {
    event.preventDefault();
    counted = null;
    show(new FormData(event.currentTarget));
  };
  const countTyped = (event) => {
    show(new FormData(event.target.form));
    countAll(at);
  };
  const refused = counted?.failed ?? page.refused;
  const wrong = refused?.match(/^(filter|text): /)?.[1];
  const field = (name) => ({ wrong: wrong === name, note: wrong === name ? `search-${name}-note` : nothing });
  return html`
    <form class="search" @submit=${search} @input=${forgetCount} role="search">
      <label>Show <select name="state">
        <option value="ready" ?selected=${state === "ready"}>ready</option>
        <option value="unsettled" ?selected=${state === "unsettled"}>unsettled</option></select></label>
      ${searchField("filter", "Filter", filter, "kind = 'video' AND properties.priority > 4", field("filter"), refused)}
      ${searchField("text", "Text", text, "anywhere in properties and body", field("text"), refused)}
      <button type="submit" class="primary">Search</button>
      <button type="button" @click=${countTyped}>Count</button>
    </form>
    ${refused && !wrong ? html`<p class="form-error" role="alert">${refused}</p>` : nothing}
    ${counted && !counted.failed ? html`<p class="shown" role="status">${counted.over ? "" : "So far: "}${count(counted.matched)} of
      ${plural(counted.scanned, "message matches", "messages match")}${counted.over ? "." : "…"}</p>` : nothing}
    ${page.refused ? nothing : page.items.length === 0 ? nobody(page, state) : html`
      ${plainTable({ label: "Messages", columns: columns(queue, state), rows: page.items, key: (one) => one.id })}
      <nav class="pager" aria-label="Pages of messages">
        ${button({ text: "First", off: !after, click: () => change({ after: undefined }) })}
        <span>${page.next ? html`${count(page.items.length)} shown` : html`The last ${count(page.items.length)}`}</span>
        ${button({ text: "Next", off: !page.next, click: () => change({ after: page.next }) })}
      </nav>`}
    ${chosen.size > 0 ? html`<p class="shown">${chosen.size} chosen:
      <a href=${href("queue", { vhost: queue.vhost, name: queue.name, tab: "mend" })}>move, copy, retry or delete them</a></p>` : nothing}`;
}

function searchField(name, label, value, placeholder, { wrong, note }, refused) {
  return html`<div class="grow"><label>${label} <input name=${name} value=${value} spellcheck="false" placeholder=${placeholder}
      aria-invalid=${wrong ? "true" : nothing} aria-describedby=${note}></label>
    ${wrong ? html`<p class="form-error" id=${note} role="alert">${refused}</p>` : nothing}</div>`;
}

/** Makes what is typed the search that is shown. */
function show(typed) {
  const { state, ...values } = Object.fromEntries(typed);
  const search = { ...values, state: state === "ready" ? undefined : state };
  const { filter = "", text = "", state: shown } = searchOfAddress();
  const isNew = filter !== values.filter || text !== values.text || shown !== search.state;
  change(isNew ? { ...search, after: undefined } : search);
}

/** What was counted is not what is typed now. */
function forgetCount() {
  if (!counted) return;
  counted = null;
  redraw();
}

function columns(queue, state) {
  return [
    { label: "Chosen", labelHidden: true, className: "choice", cell: choice(state) },
    { label: "Message", isHeading: true, className: "wide preview", cell: (one) => html`<a
      href=${href("message", { vhost: queue.vhost, queue: queue.name, id: one.id })}
      title=${one.body_type}>${one.preview === "" ? html`<span class="quiet">(empty)</span>` : one.preview}</a>` },
    { label: "Routing key", className: "name", cell: (one) => html`${one.exchange === "" ? nothing
      : html`<span class="quiet">${one.exchange} / </span>`}${one.routing_key}` },
    { label: "Came", className: "quiet", cell: (one) => one.enqueued_at ? time(one.enqueued_at) : "–" },
    { label: "Size", numeric: true, cell: (one) => bytes(one.size_bytes) },
    { label: "Failed deliveries", numeric: true, cell: (one) => count(one.delivery_count) },
    ...(state === "unsettled" ? [{ label: "Held by", className: "name quiet", cell: holder }] : []),
  ];
}

const choice = (state) => (one) => {
  const choose = (event) => {
    if (event.target.checked) chosen.add(one.id);
    else chosen.delete(one.id);
    redraw();
  };
  return html`<input type="checkbox" aria-label="Choose this message" .checked=${chosen.has(one.id)} @change=${choose}
    ?disabled=${state === "unsettled"}>`;
};

function holder(one) {
  return html`${one.connection ? html`<a class="mono" href=${href("connection", { name: one.connection })}>${one.connection}</a>`
    : one.consumer_tag ?? "–"}<br>for ${duration(one.held_ms)}`;
}

function nobody(page, state) {
  return html`<div class="empty"><h2>No ${state} messages here</h2>
    <p>${page.next ? html`None among the ${count(page.scanned)} looked at.
      <button type="button" class="link" @click=${() => change({ after: page.next })}>Look on</button>` : "Nothing matches up to the end of the queue."}</p></div>`;
}

/** The broker counts in steps; this asks on to the end, or until another search is shown. */
async function countAll(at) {
  const search = searchOfAddress();
  const mine = { matched: 0, scanned: 0, over: false };
  counted = mine;
  let after;
  try {
    do {
      const step = await get(`${at}/messages/count`, { ...search, after });
      mine.matched += step.matched;
      mine.scanned += step.scanned;
      after = step.next;
      redraw();
    } while (after && counted === mine);
    mine.over = true;
  } catch (failure) {
    mine.failed = reasonOf(failure);
  }
  redraw();
}
