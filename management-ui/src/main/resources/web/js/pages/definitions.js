// Definitions: everything that was declared, as one file out and in.
import { html, nothing } from "../lib.js";
import { get, path, post } from "../api.js";
import { actionButton, form, NO_VHOST } from "../form.js";
import { pageHeading } from "../parts.js";
import { parsed } from "./parsed.js";
import { importReport } from "./report.js";

/** What an import would do or has done. */
let report = null;
const forget = () => { report = null; };
addEventListener("hashchange", forget);

export const definitions = {
  name: "definitions",
  title: "Definitions",
  intervalMs: 30_000,
  requires: "administrator",
  refusal: "Definitions are for administrators.",

  async load(signal) {
    return { hosts: (await get("/vhosts", { columns: "name" }, signal)).map(({ name }) => name) };
  },

  view({ hosts }) {
    const options = [["", "all, with users"], ...hosts.map((host) => [host, host])];
    return html`
      ${pageHeading("Definitions", "Exchanges, queues, bindings, users and permissions in RabbitMQ's format")}
      <div class="split">
        <div class="card"><h2>Export</h2>
          ${form({ id: "export", action: "Download", reset: false,
            fields: [{ name: "vhost", label: "Virtual host", type: "select", value: "", options }],
            submit: async ({ vhost }) => {
              save(await get(vhost === "" ? "/definitions" : path("definitions", vhost)), vhost);
              return "Downloaded.";
            } })}</div>
        <div class="card"><h2>Import</h2>
          ${form({ id: "import", action: "See what it would do", reset: false, edited: forget,
            fields: [
              { name: "file", label: "File", type: "file", required: true, refusedAs: /^(?!no vhost ')/ },
              { name: "vhost", label: "Into", type: "select", value: "", options, refusedAs: NO_VHOST },
            ],
            submit: async ({ file, vhost }) => {
              const document = parsed("file", await file.text());
              const at = vhost === "" ? "/definitions" : path("definitions", vhost);
              report = { document, at, told: await tried(document, at) };
              return "Nothing has changed yet.";
            } })}
          ${report ? html`${importReport(report.told)}
            ${report.done ? html`<p role="status">Imported.</p>` : report.told.errors?.length ? nothing : actionButton({ id: "import-do", text: "Import it", kind: "primary",
              run: async () => {
                await post(report.at, report.document);
                report.done = true;
              } })}` : nothing}</div>
      </div>`;
  },
};

/** What an import would do; with errors the broker refuses it, and tells the rest all the same. */
async function tried(document, at) {
  try {
    return await post(`${at}?dry_run=true`, document);
  } catch (failure) {
    if (failure.body?.errors) report = { document, at, told: failure.body };
    throw failure;
  }
}

function save(document, vhost) {
  const text = new Blob([JSON.stringify(document, null, 2)], { type: "application/json" });
  const link = window.document.createElement("a");
  link.href = URL.createObjectURL(text);
  link.download = vhost === "" ? "definitions.json" : `definitions-${vhost.replace(/[^\w.-]/g, "_")}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
