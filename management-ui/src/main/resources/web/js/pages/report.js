// What an import of definitions would do or has done, as tables.
import { html, nothing } from "../lib.js";
import { count } from "../format.js";
import { plainTable } from "../table.js";

const KINDS = { users: "Users", vhosts: "Virtual hosts", permissions: "Permissions", topic_permissions: "Topic permissions",
  exchanges: "Exchanges", queues: "Queues", bindings: "Bindings" };

const NOTES = [
  { label: "Where", className: "mono", cell: (one) => one.where },
  { label: "Name", className: "name", cell: (one) => one.name },
  { label: "Why", className: "wide", cell: (one) => one.reason },
];

const APPLIED = [
  { label: "What", cell: ([kind]) => KINDS[kind] ?? kind },
  { label: "New or changed", numeric: true, cell: ([, many]) => count(many) },
];

export function importReport({ applied = {}, errors = [], conflicts = [], skipped = [] }) {
  const changed = Object.entries(applied).filter(([, many]) => many > 0);
  return html`
    ${notes("Errors", "These are wrong: nothing can be imported while they are in the file.", errors, "danger")}
    ${notes("Conflicts", "These exist and differ; they stay as they are.", conflicts, "warm")}
    <h3>Changes</h3>
    ${changed.length === 0 ? html`<p class="quiet">Nothing: all of it is there already.</p>`
      : plainTable({ label: "Changes", columns: APPLIED, rows: changed, key: ([kind]) => kind })}
    ${notes("Left out", "These are not taken over.", skipped, "")}`;
}

function notes(title, explanation, list, kind) {
  return list.length === 0 ? nothing : html`<h3>${title}</h3><p class=${kind === "danger" ? "form-error" : kind === "warm" ? "warn" : "quiet"}>${explanation}</p>
    ${plainTable({ label: title, columns: NOTES, rows: list, key: (one, i) => i })}`;
}
