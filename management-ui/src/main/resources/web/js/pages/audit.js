// Who changed what, and what was refused, newest first.
import { html, nothing } from "../lib.js";
import { get } from "../api.js";
import { time } from "../format.js";
import { badge, empty, pageHeading } from "../parts.js";
import { listParameters, table, toolbar } from "../table.js";

/** Longest text of one value that is shown; its beginning says what it is. */
const VALUE_MAX = 160;

const COLUMNS = [
  { label: "Time", cell: (event) => time(event.timestamp), className: "time" },
  { label: "Event", sort: "event", cell: what, className: "event" },
  { label: "Name", sort: "name", cell: name, className: "name" },
  { label: "By", sort: "user", cell: who, className: "who" },
  { label: "Before → after", cell: difference, className: "changes" },
];

export const audit = {
  name: "audit",
  title: "Audit",
  intervalMs: 3_000,
  requires: "monitoring",
  refusal: "The audit trail is for users with the tag monitoring or administrator.",

  async load(signal) {
    const list = await get("/audit", listParameters(), signal);
    return { list: { ...list, items: keyed(list.items) } };
  },

  view({ list }) {
    return html`
      ${pageHeading("Audit", "The latest changes and refusals, newest first; the audit file has all of them")}
      ${toolbar(list, "Filter by any text of an event", ["event", "events"])}
      ${table({
        label: "Audit events",
        columns: COLUMNS,
        list,
        key: (event) => event.key,
        empty: empty("Nothing was changed yet",
          "Changes of topology, users and permissions show up here, and what was refused."),
      })}`;
  },
};

/** Several events may have happened in one millisecond, with one name. */
function keyed(events) {
  const seen = new Map();
  return events.map((event) => {
    const key = [event.timestamp, event.event, event.vhost, event.name].join("\n");
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return { ...event, key: `${key}\n${count}` };
  });
}

function what(event) {
  return html`${event.event}${event.refusal
    ? html` ${badge("refused", "It was not done", "danger")}` : nothing}`;
}

function name(event) {
  return html`${event.name === "" ? html`<span class="quiet">–</span>` : event.name}${event.vhost && event.vhost !== event.name
    ? html` <span class="quiet">in ${event.vhost}</span>` : nothing}`;
}

function who(event) {
  return html`${event.user || html`<span class="quiet">${event.by === "broker" ? "the broker" : event.by === "configuration"
    ? "configuration" : "nobody yet"}</span>`}${event.address
    ? html`<br><span class="quiet mono">${event.address}</span> <span class="quiet">${event.by}</span>` : nothing}`;
}

/** Only what differs: the rest was as it is. */
function difference({ before, after, refusal }) {
  if (refusal) return html`<span class="refusal">${bounded(refusal)}</span>`;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => text(before[key]) !== text(after[key]));
  if (names.length === 0) return html`<span class="quiet">–</span>`;
  return html`<dl class="changes-list">${names.map((key) => html`<div>
    <dt>${key}</dt>
    <dd>${key in before ? html`<del>${bounded(text(before[key]))}</del>` : nothing}
      ${key in before && key in after ? html`<span class="quiet" aria-hidden="true">→</span>` : nothing}
      ${key in after ? html`<ins>${bounded(text(after[key]))}</ins>` : nothing}</dd>
  </div>`)}</dl>`;
}

function text(value) {
  if (value === undefined) return undefined;
  if (value === "") return "(empty)";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(text).join(", ");
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value);
    return entries.length === 0 ? "none" : entries.map(([key, inner]) => `${key} = ${text(inner)}`).join(", ");
  }
  return String(value);
}

const bounded = (value) => value.length <= VALUE_MAX ? value
  : html`<span title=${value.slice(0, 2_000)}>${value.slice(0, VALUE_MAX)}…</span>`;
