// Moving, copying, retrying and deleting messages of a queue: counted first, then done.
import { html, nothing } from "../lib.js";
import { post, remove } from "../api.js";
import { count, duration, plural, time } from "../format.js";
import { actionButton, forgetState, form, valueOf } from "../form.js";
import { chosen } from "./messages.js";

const ACTIONS = [["move", "Move them to"], ["copy", "Copy them to"],
  ["retry", "Send them back to the queue they died in"], ["delete", "Delete them"]];

/** The order that was counted, to be carried out by the second button; given up when the form changes. */
let counted = null;
let edits = 0;

function forget() {
  counted = null;
  edits++;
}

addEventListener("hashchange", forget);

export function mendPanel(queue, at, mendings, refresh) {
  const mine = mendings.filter((one) => one.vhost === queue.vhost && one.queue === queue.name);
  const action = valueOf("mend", "action") ?? "move";
  const needsTarget = action === "move" || action === "copy";
  const scope = valueOf("mend", "scope") ?? (chosen.size > 0 ? "chosen" : "search");
  return html`<div class="split">
    <div class="card"><h2>What to do</h2>
      ${form({ id: "mend", action: "Count first", reset: false, edited: forget,
        fields: [
          { name: "scope", label: "Which messages", type: "select", value: scope, options: [
            ...(chosen.size > 0 ? [["chosen", `the ${chosen.size} chosen`]] : []),
            ["search", "those that match"], ["all", "all that are ready"]], refusedAs: "ids" },
          ...(scope === "search" ? [
            { name: "filter", label: "Filter", placeholder: "kind = 'video'", refusedAs: /^ids, filter or text was expected/ },
            { name: "text", label: "Text", placeholder: "anywhere in properties and body" }] : []),
          { name: "action", label: "What", type: "select", value: action, options: ACTIONS },
          ...(needsTarget ? [
            { name: "queue", label: "To the queue", refusedAs: ["to", "to.queue"] },
            { name: "exchange", label: "Or to an exchange", refusedAs: ["to.exchange", /access to (exchange|topic) /] },
            { name: "routing_key", label: "With the routing key", refusedAs: "to.routing_key", help: "Of an exchange. Left empty, each message keeps its own." }] : []),
          { name: "rate", label: "Messages a second", type: "number", help: "Left empty, as fast as it goes." },
          { name: "limit", label: "At most", type: "number" },
        ],
        submit: async (values) => {
          const order = orderOf(values);
          const before = edits;
          const { matched, skipped } = await post(`${at}/mend`, { ...order, dry_run: true });
          const matches = `${plural(matched, "message matches", "messages match")}.${
            skipped > 0 ? ` ${count(skipped)} would be left.` : ""}`;
          if (before !== edits) return `${matches} The form was changed since: count again.`;
          counted = { order, matched };
          return matches;
        } })}
      ${counted ? html`<p class="actions">${actionButton({ id: "mend-do", kind: counted.order.action === "delete" ? "danger" : "primary",
        text: `${label(counted.order.action)} ${plural(counted.matched, "message")}`,
        question: counted.order.action === "delete"
          ? `Delete ${plural(counted.matched, "message")} of queue ${queue.name}? They are gone for good.` : undefined,
        run: async () => {
          await post(`${at}/mend`, counted.order);
          forget();
          forgetState("mend");
          chosen.clear();
        }, done: refresh })}</p>` : nothing}
    </div>
    <div class="card"><h2>Under way and done</h2>
      ${mine.length === 0 ? html`<p class="quiet">Nothing yet.</p>` : mine.map((one) => progress(one, refresh))}
    </div></div>`;
}

const label = (action) => action[0].toUpperCase() + action.slice(1);

function orderOf({ scope, filter, text, action, queue, exchange, routing_key: key, rate, limit }) {
  const which = scope === "chosen" ? { ids: [...chosen] }
    : scope === "all" ? { all: true }
    : { filter: filter || undefined, text: text || undefined };
  const target = action !== "move" && action !== "copy" ? {}
    : { to: queue ? { queue, ...(exchange ? { exchange } : {}) } : { exchange: exchange || undefined, routing_key: key || undefined } };
  return { action, ...which, ...target, rate, limit };
}

function progress(one, refresh) {
  const to = one.to ? (one.to.exchange === "" ? one.to.routing_key : one.to.exchange) : "";
  return html`<div class="mending ${one.state}">
    <p><strong>${label(one.action)}${to ? html` to ${to}` : nothing}</strong> ${one.state}, ${count(one.mended)} done of ${count(one.scanned)} looked at
      ${one.skipped > 0 ? html`, <span class="warn" title=${one.skipped_because ?? ""}>${count(one.skipped)} left</span>` : nothing}</p>
    ${one.waits_because ? html`<p class="warn" role="status">Waits: ${one.waits_because}</p>` : nothing}
    ${one.failed ? html`<p class="form-error">${one.failed}</p>` : nothing}
    <p class="quiet">${one.user}, ${time(one.started_at)}${one.ended_at ? html`, took ${duration(one.ended_at - one.started_at)}` : nothing}</p>
    ${one.state === "running" ? actionButton({ id: `stop-${one.id}`, text: "Stop", run: () => remove(`/mendings/${one.id}`), done: refresh }) : nothing}
  </div>`;
}
