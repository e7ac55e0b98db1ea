// Connections of clients, and a way to close one.
import { html } from "../lib.js";
import { get, remove } from "../api.js";
import { bytes, count, duration, rate, time } from "../format.js";
import { badge, empty, pageHeading } from "../parts.js";
import { href } from "../router.js";
import { listParameters, table, toolbar } from "../table.js";

const columns = (refresh) => [
  { label: "Name", sort: "name", cell: peer, className: "name" },
  { label: "Container", sort: "container_id", cell: (connection) => connection.container_id, className: "wide" },
  { label: "User", sort: "user", cell: (connection) => connection.user, className: "word" },
  { label: "Virtual host", sort: "vhost", cell: (connection) => connection.vhost, className: "quiet word" },
  { label: "State", sort: "state", cell: state },
  { label: "Sessions", sort: "channels", numeric: true, cell: (connection) => count(connection.channels) },
  { label: "In/s", sort: "message_stats.publish_details.rate", numeric: true,
    cell: (connection) => traffic(connection.message_stats?.publish_details, connection.recv_oct_details) },
  { label: "Out/s", sort: "message_stats.deliver_get_details.rate", numeric: true,
    cell: (connection) => traffic(connection.message_stats?.deliver_get_details, connection.send_oct_details) },
  { label: "Open for", sort: "connected_at", numeric: true, cell: (connection) => html`<span
    title=${time(connection.connected_at)}>${duration(Date.now() - connection.connected_at)}</span>` },
  { label: "Close", labelHidden: true, className: "action", cell: (connection) => html`<button type="button" class="quiet-button"
    aria-label=${`Close ${connection.name}`} @click=${() => close(connection, refresh)}>Close</button>` },
];

export const connections = {
  name: "connections",
  title: "Connections",
  intervalMs: 2_000,

  async load(signal) {
    return { list: await get("/connections", listParameters(), signal) };
  },

  view({ list }, refresh) {
    return html`
      ${pageHeading("Connections")}
      ${toolbar(list, "Filter connections", ["connection", "connections"])}
      ${table({
        label: "Connections",
        columns: columns(refresh),
        list,
        key: (connection) => connection.name + connection.connected_at,
        empty: empty("Nobody is connected",
          "Point an AMQP 1.0 client at one of the listeners named on the overview."),
      })}`;
  },
};

/** Messages, and what they and everything else are in octets. */
const traffic = (messages, octets) => html`<span title="Messages a second">${rate(messages?.rate)}</span><br><span
  class="quiet small" title="Octets a second">${bytes(octets?.rate)}</span>`;

function peer(connection) {
  return html`<a title=${connection.name} href=${href("connection", { name: connection.name })}>${connection.peer_host}:${connection.peer_port}</a>`;
}

function state(connection) {
  return connection.state === "blocked"
    ? badge("blocked", "Publishes, and waits because of an alarm", "warm")
    : badge(connection.state, "Works normally", "good");
}

async function close(connection, refresh) {
  if (!confirm(`Close the connection ${connection.name}?\nUnsettled messages go back to their queues.`)) return;
  try {
    await remove(`/connections/${encodeURIComponent(connection.name)}`, "Closed from the console");
  } catch (failure) {
    alert(`The connection was not closed: ${failure.message}`);
  }
  refresh();
}
