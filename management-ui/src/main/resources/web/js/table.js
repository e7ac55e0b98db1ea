// A table the server filters, sorts and pages: heading buttons, a filter box and a pager, all of
// which only change the address; the page loads what the address says.
import { html, nothing, repeat, live } from "./lib.js";
import { button } from "./parts.js";
import { change, current } from "./router.js";
import { count } from "./format.js";

export const PAGE_SIZE = 50;

/** The list parameters of the API for the address shown. */
export function listParameters() {
  const { name, sort, reverse, page } = current().parameters;
  return {
    name,
    sort,
    sort_reverse: sort ? reverse === "1" : undefined,
    page: Math.max(1, Number.parseInt(page ?? "1", 10) || 1),
    page_size: PAGE_SIZE,
  };
}

/**
 * `columns`: [{label, sort, cell(row), numeric, className, isHeading, labelHidden}]; the first is the
 * row's heading unless another says so.
 * `list`: the paging envelope. `key(row)`: what stays the same when figures change.
 */
export function table({ label, columns, list, key, empty }) {
  const { sort, reverse } = current().parameters;
  if (list.filtered_count === 0) return list.total_count === 0 ? empty : noMatch();
  return html`${framed(label, columns, list.items, key, (column) => heading(column, sort, reverse === "1"))}
    ${pager(list)}`;
}

/**
 * A table of rows that are all there, neither sorted nor paged. Every cell has its column's name,
 * which a phone shows, as in every table.
 */
export function plainTable({ label, columns, rows, key }) {
  return framed(label, columns, rows, key, (column) => heading({ ...column, sort: undefined }));
}

function framed(label, columns, rows, key, headingOf) {
  const first = Math.max(0, columns.findIndex((column) => column.isHeading));
  return html`<div class="table-frame"><table aria-label=${label}>
    <thead><tr>${columns.map(headingOf)}</tr></thead>
    <tbody>${repeat(rows, key, (row) => html`<tr>${columns.map((column, i) => cell(column, row, i === first))}</tr>`)}</tbody>
  </table></div>`;
}

function heading(column, sort, reverse) {
  const name = classes(column);
  if (!column.sort) return html`<th scope="col" class=${name}>${column.labelHidden
    ? html`<span class="visually-hidden">${column.label}</span>` : column.label}</th>`;
  const active = column.sort === sort;
  const order = active ? (reverse ? "descending" : "ascending") : "none";
  return html`<th scope="col" class=${name} aria-sort=${order}>
    <button type="button" class="sort" @click=${() => change(nextSort(column, active, reverse))}>
      ${column.label}<span class="arrow" aria-hidden="true">${active ? (reverse ? "↓" : "↑") : ""}</span>
    </button>
  </th>`;
}

/** Figures are sorted largest first, names from the start; a third click gives the sort up. */
function nextSort(column, active, reverse) {
  const first = column.numeric ? "1" : undefined;
  if (!active) return { sort: column.sort, reverse: first, page: undefined };
  const isFirst = (reverse ? "1" : undefined) === first;
  return isFirst
    ? { reverse: first ? undefined : "1", page: undefined }
    : { sort: undefined, reverse: undefined, page: undefined };
}

function cell(column, row, isHeading) {
  return isHeading
    ? html`<th scope="row" class=${classes(column)}>${column.cell(row)}</th>`
    : html`<td class=${classes(column)} data-label=${column.labelHidden ? "" : column.label}>${column.cell(row)}</td>`;
}

function classes(column) {
  return [column.numeric ? "number" : "", column.className ?? ""].join(" ").trim() || nothing;
}

/** The filter box and a count of what is shown, in the nouns given; what is typed is kept as `parameter`. */
export function toolbar(list, placeholder, [one, many], parameter = "name") {
  const typed = current().parameters[parameter] ?? "";
  const shown = list
    ? list.filtered_count === list.total_count
      ? `${count(list.total_count)} ${list.total_count === 1 ? one : many}`
      : `${count(list.filtered_count)} of ${count(list.total_count)}`
    : "";
  return html`<div class="toolbar">
    <label class="filter">
      <span class="visually-hidden">${placeholder}</span>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><circle cx="7" cy="7" r="4.5"></circle><path d="m10.5 10.5 3.5 3.5"></path></svg>
      <input id="filter" type="search" placeholder=${placeholder} autocomplete="off" spellcheck="false"
        .value=${live(typed)} @input=${(event) => change({ [parameter]: event.target.value, page: undefined }, { replace: true })}>
      <kbd aria-hidden="true">/</kbd>
    </label>
    <span class="shown" aria-live="polite">${shown}</span>
  </div>`;
}

/** Ways to the pages before and after. */
export function pager(list) {
  if (list.page_count <= 1) return nothing;
  const first = (list.page - 1) * list.page_size + 1;
  const go = (page) => () => change({ page: page === 1 ? undefined : page });
  return html`<nav class="pager" aria-label="Pages of the list">
    ${button({ text: "Previous", off: list.page <= 1, click: go(list.page - 1) })}
    <span>${count(first)}–${count(first + list.item_count - 1)} of ${count(list.filtered_count)}</span>
    ${button({ text: "Next", off: list.page >= list.page_count, click: go(list.page + 1) })}
  </nav>`;
}

function noMatch() {
  return html`<div class="empty">
    <h2>Nothing matches the filter</h2>
    <p><button type="button" class="link" @click=${() => change({ name: undefined, page: undefined })}>Clear the filter</button></p>
  </div>`;
}
