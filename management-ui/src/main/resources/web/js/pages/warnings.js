// What somebody should see to before it becomes an alarm, as sentences.
import { html } from "../lib.js";
import { count } from "../format.js";

/** The API says amqp/ssl. */
export const protocolName = (protocol) => protocol.replace("/ssl", "").toUpperCase();

export function certificateText({ protocol, port, trouble, subject, valid_to: end, expired }) {
  const where = `${protocolName(protocol)} on port ${port}`;
  if (trouble) return html`Certificates of ${where} could not be read again; earlier ones are in use.`;
  return html`The certificate <strong>${subject}</strong> of ${where} ${expired ? "has expired" : "expires"}
    on ${end} UTC.`;
}

export const limitText = ({ scope, name, limit, value }) => html`The ${scope} <strong>${name}</strong>
  has reached <span class="mono">${limit}</span>: ${count(value)}.`;
