// Users: who there is, what they may do and where.
import { html, nothing } from "../lib.js";
import { get, path, put, remove } from "../api.js";
import { actionButton, form, NO_VHOST } from "../form.js";
import { badge, empty, exchangeName, pageHeading } from "../parts.js";
import { current, href } from "../router.js";
import { listParameters, plainTable, table, toolbar } from "../table.js";

const TAGS = "administrator, monitoring, policymaker, management or impersonator, with commas between";

const COLUMNS = [
  { label: "Name", sort: "name", cell: (user) => html`<a href=${href("user", { name: user.name })}>${user.name}</a>`, className: "name" },
  { label: "Tags", cell: (user) => html`<span class="badges">${user.tags.map((tag) => badge(tag, "A tag"))}</span>`, className: "wide" },
  { label: "Password", cell: (user) => user.password_hash ? "has one" : html`<span class="quiet">none</span>` },
  { label: "Limits", cell: (user) => limits(user.limits), className: "quiet" },
];

const REFUSAL = "Users are for administrators.";

export const users = {
  name: "users",
  title: "Users",
  intervalMs: 5_000,
  requires: "administrator",
  refusal: REFUSAL,

  async load(signal) {
    return { list: await get("/users", listParameters(), signal) };
  },

  view({ list }, refresh) {
    return html`
      ${pageHeading("Users")}
      ${toolbar(list, "Filter users", ["user", "users"])}
      ${table({ label: "Users", columns: COLUMNS, list, key: (user) => user.name, empty: empty("No users", "Nobody can log in.") })}
      <details class="card fold"><summary>Add a user</summary>${form({ id: "new-user", action: "Add", done: refresh,
        fields: [
          { name: "name", label: "Name", required: true, refusedAs: /^user name '/ },
          { name: "password", label: "Password", type: "password", required: true },
          { name: "tags", label: "Tags", help: TAGS, refusedAs: /^tag name '/ },
        ],
        submit: ({ name, password, tags }) => put(path("users", name), { password, tags }) })}</details>`;
  },
};

export const user = {
  name: "user",
  title: "User",
  within: "users",
  intervalMs: 5_000,
  requires: "administrator",
  refusal: REFUSAL,

  async load(signal) {
    const { name = "" } = current().parameters;
    const at = path("users", name);
    const [found, permissions, topics] = await Promise.all(
      [get(at, {}, signal), get(`${at}/permissions`, {}, signal), get(`${at}/topic-permissions`, {}, signal)]);
    return { user: found, at, permissions, topics };
  },

  view({ user: shown, at, permissions, topics }, refresh) {
    return html`
      ${pageHeading(html`<a class="crumb" href=${href("users")}>Users</a> ${shown.name}`)}
      <p class="facts"><span class="badges">${shown.tags.map((tag) => badge(tag, "A tag"))}</span> <span class="quiet">${limits(shown.limits)}</span></p>
      <div class="actions">${actionButton({ id: "delete", text: "Delete", kind: "danger",
        question: `Delete the user ${shown.name}? Open connections of that user are closed.`,
        run: () => remove(at), done: () => { location.hash = href("users"); } })}</div>
      <h2>Permissions</h2>
      ${rights(shown, permissions, refresh)}
      <h2>Topic permissions</h2>
      ${topicRights(shown, topics, refresh)}
      <details class="card fold"><summary>Change password or tags</summary>${form({ id: "change-user", action: "Change", done: refresh, reset: false,
        fields: [
          { name: "password", label: "New password", type: "password", help: "Left empty, it stays as it is." },
          { name: "tags", label: "Tags", value: shown.tags.join(", "), help: TAGS, refusedAs: /^tag name '/ },
        ],
        submit: async ({ password, tags }) => put(at, { ...(password ? { password } : await hashOf(at)), tags }) })}</details>
      <details class="card fold"><summary>Limits</summary>${form({ id: "limits", action: "Set", done: refresh,
        fields: [
          { name: "limit", label: "Limit", type: "select", value: "max-connections",
            options: [["max-connections", "connections"], ["max-channels", "sessions"]] },
          { name: "value", label: "At most", type: "number", required: true, help: "-1 for no limit" },
        ],
        submit: ({ limit, value }) => put(path("user-limits", shown.name, limit), { value }) })}</details>`;
  },
};

/** What keeps a password as it is. */
async function hashOf(at) {
  const { password_hash: hash, hashing_algorithm: algorithm } = await get(at);
  return { password_hash: hash, hashing_algorithm: algorithm };
}

function limits(values) {
  const entries = Object.entries(values ?? {});
  return entries.length === 0 ? "–" : entries.map(([name, value]) => `${name} ${value}`).join(", ");
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** Nothing at all fits the empty one. */
const pattern = (text) => text === "" ? html`<span class="quiet">(nothing)</span>` : text;

function rights(shown, permissions, refresh) {
  return html`
    ${permissions.length === 0 ? html`<p class="quiet">None: this user can enter no virtual host.</p>` : plainTable({
      label: "Permissions", rows: permissions, key: (one) => one.vhost, columns: [
        { label: "Virtual host", className: "name", cell: (one) => one.vhost },
        ...["configure", "write", "read"].map((name) => ({ label: capital(name), className: "mono name", cell: (one) => pattern(one[name]) })),
        { label: "Clear", labelHidden: true, className: "action", cell: (one) => actionButton({
          id: `clear-${one.vhost}`, text: "Clear", question: `Keep ${shown.name} out of ${one.vhost}?`,
          run: () => remove(path("permissions", one.vhost, shown.name)), done: refresh }) }] })}
    <details class="card fold"><summary>Set permissions</summary>${form({ id: "permissions", action: "Set", done: refresh, reset: false,
      fields: [
        { name: "vhost", label: "Virtual host", value: "/", required: true, refusedAs: NO_VHOST },
        ...["configure", "write", "read"].map((name) => ({ name, label: capital(name), value: ".*", help: name === "read" ? "Regular expressions of names; ^$ matches nothing." : undefined })),
      ],
      submit: ({ vhost, configure, write, read }) => put(path("permissions", vhost, shown.name), { configure, write, read }) })}</details>`;
}

function topicRights(shown, topics, refresh) {
  return html`
    ${topics.length === 0 ? html`<p class="quiet">None: any routing key is allowed.</p>` : plainTable({
      label: "Topic permissions", rows: topics, key: (one) => `${one.vhost}\n${one.exchange}`, columns: [
        { label: "Virtual host", className: "name", cell: (one) => one.vhost },
        { label: "Exchange", className: "name", cell: (one) => exchangeName(one.exchange) },
        ...["write", "read"].map((name) => ({ label: capital(name), className: "mono name", cell: (one) => pattern(one[name]) })),
        { label: "Clear", labelHidden: true, className: "action", cell: (one) => actionButton({
          id: `clear-topic-${one.vhost}-${one.exchange}`, text: "Clear",
          run: () => remove(path("topic-permissions", one.vhost, shown.name, one.exchange)), done: refresh }) }] })}
    <details class="card fold"><summary>Set topic permissions</summary>${form({ id: "topic-permissions", action: "Set", done: refresh, reset: false,
      fields: [
        { name: "vhost", label: "Virtual host", value: "/", required: true, refusedAs: NO_VHOST },
        { name: "exchange", label: "Topic exchange", value: "amq.topic", required: true },
        { name: "write", label: "Write", value: ".*" }, { name: "read", label: "Read", value: ".*" },
      ],
      submit: ({ vhost, exchange, write, read }) => put(path("topic-permissions", vhost, shown.name), { exchange, write, read }) })}</details>`;
}
