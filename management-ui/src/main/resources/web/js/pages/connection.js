// One connection with its sessions and links.
import { html, nothing } from "../lib.js";
import { get, path, put, remove, Refused } from "../api.js";
import { bytes, count, duration, time } from "../format.js";
import { actionButton } from "../form.js";
import { badge, figure, pageHeading } from "../parts.js";
import { current, href } from "../router.js";

export const connection = {
  name: "connection",
  title: "Connection",
  within: "connections",
  intervalMs: 2_000,

  async load(signal) {
    const at = path("connections", current().parameters.name ?? "");
    const [found, sessions] = await Promise.all([get(at, {}, signal), sessionsOf(at, signal)]);
    return { connection: found, sessions, at, node: found.node };
  },

  view({ connection: shown, sessions, at }, refresh) {
    return html`
      ${pageHeading(html`<a class="crumb" href=${href("connections")}>Connections</a> ${shown.peer_host}:${shown.peer_port}`, shown.name)}
      <p class="facts"><span class="badges">
        ${badge(shown.state, shown.state === "blocked" ? "Publishes, and waits because of an alarm" : "Works normally", shown.state === "blocked" ? "warm" : "good")}
        ${badge(shown.protocol, "The protocol")}
        ${shown.ssl ? badge(`${shown.ssl_protocol}`, shown.ssl_cipher, "good") : badge("plain text", "Without TLS", "warm")}
        ${shown.traced ? badge("traced", "Its frames are written to the log", "warm") : nothing}</span></p>
      <div class="actions">
        ${shown.traced
          ? actionButton({ id: "trace", text: "Stop tracing", run: () => remove(`${at}/trace`), done: refresh })
          : actionButton({ id: "trace", text: "Trace its frames", run: () => put(`${at}/trace`), done: refresh })}
        ${actionButton({ id: "close", text: "Close", kind: "danger", question: `Close the connection of ${shown.user} from ${shown.peer_host}?`,
          run: () => remove(at, "Closed by the operator"), done: () => { location.hash = href("connections"); } })}
      </div>
      <dl class="figures">
        ${figure("In/s", bytes(shown.recv_oct_details?.rate), bytes(shown.recv_oct))}
        ${figure("Out/s", bytes(shown.send_oct_details?.rate), bytes(shown.send_oct))}
        ${figure("Sessions", count(shown.channels))}
        ${figure("Open for", html`<span class="small">${duration(Date.now() - shown.connected_at)}</span>`)}
      </dl>
      <div class="card"><h2>Who it is</h2><dl class="list">
        ${[["User", shown.user], ["Virtual host", shown.vhost], ["Container", shown.container_id], ["Login", shown.auth_mechanism],
          ["Since", time(shown.connected_at)], ["Frame size", bytes(shown.frame_max)], ["Idle time-out", `${shown.timeout} s`],
          ...Object.entries(shown.client_properties)].map(([name, value]) => html`<div><dt>${name}</dt>
            <dd class="value">${typeof value === "object" ? JSON.stringify(value) : String(value)}</dd></div>`)}</dl></div>
      ${sessions.map(session)}`;
  },
};

/** The connection may go between two requests. */
async function sessionsOf(at, signal) {
  try {
    return await get(`${at}/sessions`, {}, signal);
  } catch (failure) {
    if (failure instanceof Refused && failure.status === 404) return [];
    throw failure;
  }
}

function session(one) {
  const links = [...one.incoming_links.map((link) => ({ ...link, incoming: true })), ...one.outgoing_links];
  return html`<section><h2>Session ${one.channel_number}</h2>
    <p class="quiet">Windows: in ${count(one.incoming_window)}, out ${count(one.remote_incoming_window)}. Unsettled deliveries: ${count(one.outgoing_unsettled_deliveries)}.</p>
    ${links.length === 0 ? html`<p class="quiet">No links.</p>` : html`<div class="table-frame"><table aria-label="Links">
      <thead><tr><th scope="col">Link</th><th scope="col">Does</th><th scope="col">Address</th><th scope="col" class="number">Credit</th>
        <th scope="col" class="number">Deliveries</th><th scope="col" class="number">Unsettled</th></tr></thead>
      <tbody>${links.map((link) => html`<tr>
        <th scope="row" class="name">${link.link_name}</th>
        <td>${link.incoming ? "publishes" : "consumes"}</td>
        <td class="mono name">${link.incoming ? link.target_address ?? "(anonymous)" : link.source_address}</td>
        <td class="number">${count(link.credit)}</td><td class="number">${count(link.delivery_count)}</td>
        <td class="number">${count(link.incoming ? link.unconfirmed_messages : link.unsettled)}</td></tr>`)}</tbody></table></div>`}
  </section>`;
}
