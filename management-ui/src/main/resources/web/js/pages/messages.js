// Looking into a queue: a page of messages, a filter, and how many there are. Nothing is taken.
import { html, nothing, repeat } from "../lib.js";
import { get, Refused } from "../api.js";
import { bytes, count, duration, time } from "../format.js";
import { redraw } from "../redraw.js";
import { change, current, href } from "../router.js";

const LIMIT = 50;

/** Messages chosen for the tab "Move and mend", by their ids; of one queue. */
export const chosen = new Set();

/** What was counted, and for which search. */
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
    if (failure instanceof Refused && failure.status === 400) return { refused: failure.message, items: [] };
    throw failure;
  }
}

export function messageBrowser(queue, at, page) {
  const { filter = "", text = "", state = "ready", after } = current().parameters;
  const search = (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.currentTarget));
    counted = null;
    change({ ...values, state: values.state === "ready" ? undefined : values.state, after: undefined });
  };
  const wrong = page.refused?.match(/^(filter|text): (.*)/s);
  return html`
    <form class="search" @submit=${search} role="search">
      <label>Show <select name="state">
        <option value="ready" ?selected=${state === "ready"}>ready</option>
        <option value="unsettled" ?selected=${state === "unsettled"}>unsettled</option></select></label>
      <label class="grow">Filter <input name="filter" value=${filter} spellcheck="false" aria-invalid=${wrong?.[1] === "filter" ? "true" : nothing}
        placeholder="kind = 'video' AND properties.priority > 4"></label>
      <label class="grow">Text <input name="text" value=${text} spellcheck="false" placeholder="anywhere in properties and body"></label>
      <button type="submit" class="primary">Search</button>
      <button type="button" @click=${() => countAll(at)}>Count</button>
    </form>
    ${page.refused ? html`<p class="form-error" role="alert">${page.refused}</p>` : nothing}
    ${counted ? html`<p class="shown" role="status">${counted.over ? "" : "So far: "}${count(counted.matched)} of
      ${count(counted.scanned)} messages match${counted.over ? "." : "…"}</p>` : nothing}
    ${page.items.length === 0 && !page.refused ? nobody(page, state) : html`
      <div class="table-frame"><table aria-label="Messages">
        <thead><tr><th scope="col"><span class="visually-hidden">Chosen</span></th><th scope="col">Message</th><th scope="col">Routing key</th>
          <th scope="col">Came</th><th scope="col" class="number">Size</th>
          <th scope="col" class="number">Deliveries</th>${state === "unsettled" ? html`<th scope="col">Held by</th>` : nothing}</tr></thead>
        <tbody>${repeat(page.items, (one) => one.id, (one) => row(queue, one, state))}</tbody>
      </table></div>
      <nav class="pager" aria-label="Pages of messages">
        <button type="button" ?disabled=${!after} @click=${() => change({ after: undefined })}>First</button>
        <span>${page.next ? html`${count(page.items.length)} shown` : html`The last ${count(page.items.length)}`}</span>
        <button type="button" ?disabled=${!page.next} @click=${() => change({ after: page.next })}>Next</button>
      </nav>`}
    ${chosen.size > 0 ? html`<p class="shown">${chosen.size} chosen:
      <a href=${href("queue", { vhost: queue.vhost, name: queue.name, tab: "mend" })}>move, copy, retry or delete them</a></p>` : nothing}`;
}

function row(queue, one, state) {
  const choose = (event) => {
    if (event.target.checked) chosen.add(one.id);
    else chosen.delete(one.id);
    redraw();
  };
  return html`<tr>
    <td><input type="checkbox" aria-label="Choose this message" .checked=${chosen.has(one.id)} @change=${choose} ?disabled=${state === "unsettled"}></td>
    <th scope="row" class="wide preview"><a href=${href("message", { vhost: queue.vhost, queue: queue.name, id: one.id })}
      title=${one.body_type}>${one.preview === "" ? html`<span class="quiet">(empty)</span>` : one.preview}</a></th>
    <td class="name">${one.exchange === "" ? nothing : html`<span class="quiet">${one.exchange} / </span>`}${one.routing_key}</td>
    <td class="quiet">${one.enqueued_at ? time(one.enqueued_at) : "–"}</td>
    <td class="number">${bytes(one.size_bytes)}</td>
    <td class="number">${one.delivery_count}</td>
    ${state === "unsettled" ? html`<td class="mono quiet">${one.connection ?? one.consumer_tag ?? "–"}<br>for ${duration(one.held_ms)}</td>` : nothing}
  </tr>`;
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
    if (counted === mine) counted = null;
    if (!(failure instanceof Refused)) throw failure;
  }
  redraw();
}
