// What is around every page: navigation, the state of the connection, theme and user.
import { html, nothing, svg } from "./lib.js";
import { theme, toggleTheme } from "./theme.js";
import { href } from "./router.js";

export const mark = () => html`<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
  <rect width="32" height="32" rx="8"></rect>
  <path d="M9 11v4a4 4 0 0 0 4 4h6a4 4 0 0 0 4-4v-4M16 19v4"></path>
  <circle cx="9" cy="9" r="2.6"></circle><circle cx="23" cy="9" r="2.6"></circle><circle cx="16" cy="24" r="2.6"></circle>
</svg>`;

const icons = {
  overview: svg`<path d="M2 13h12M4 10V7M8 10V3M12 10V5.5"></path>`,
  queues: svg`<path d="M2.5 4h11M2.5 8h11M2.5 12h7"></path>`,
  exchanges: svg`<path d="M2 8h4M10 8l4-4.5M10 8h4M10 8l4 4.5"></path><circle cx="8" cy="8" r="2"></circle>`,
  bindings: svg`<circle cx="4" cy="8" r="2"></circle><circle cx="12" cy="8" r="2"></circle><path d="M6 8h4"></path>`,
  audit: svg`<path d="M4 2.5h8v11H4zM6.2 6h3.6M6.2 8.5h3.6M6.2 11h2"></path>`,
  topology: svg`<circle cx="3.5" cy="8" r="1.8"></circle><circle cx="12.5" cy="4" r="1.8"></circle><circle cx="12.5" cy="12" r="1.8"></circle><path d="M5.2 7.2 10.8 4.8M5.2 8.8l5.6 2.4"></path>`,
  users: svg`<circle cx="8" cy="5.5" r="2.5"></circle><path d="M3 13.5a5 5 0 0 1 10 0"></path>`,
  vhosts: svg`<path d="M2.5 3.5h11v3.5h-11zM2.5 9.5h11V13h-11z"></path>`,
  definitions: svg`<path d="M4 2.5h5l3 3v8H4zM8 7v4M6.2 9.2 8 11l1.8-1.8"></path>`,
  alarms: svg`<path d="M8 2.5 14 13H2zM8 6.5v3M8 11v.5"></path>`,
  connections: svg`<path d="M6 2.5V5M10 2.5V5M4.5 5h7v2.5a3.5 3.5 0 0 1-7 0zM8 11v3"></path>`,
};

export function shell({ pages, page, me, lost, node, logOut }, content) {
  const dark = theme() === "dark";
  return html`
    <a class="skip" href="#content" @click=${skip}>Skip to the content</a>
    <div class="shell">
      <header class="side">
        <a class="brand" href=${href("overview")}>${mark()}<span>Warren</span></a>
        <nav aria-label="Pages">
          ${pages.map(({ name, title }) => html`<a href=${href(name)} aria-current=${name === page ? "page" : nothing}>
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${icons[name]}</svg>${title}</a>`)}
        </nav>
        <div class="side-foot">
          <p class="node" title="The node this console speaks to">${node ?? ""}</p>
          <div class="side-actions">
            <button type="button" class="quiet-button" @click=${toggleTheme}
              aria-label=${dark ? "Use the light theme" : "Use the dark theme"} title=${dark ? "Light theme" : "Dark theme"}>
              <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${dark
                ? svg`<circle cx="8" cy="8" r="3"></circle><path d="M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1"></path>`
                : svg`<path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z"></path>`}</svg>
            </button>
            <button type="button" class="quiet-button" @click=${logOut} title="Log out">
              <span class="user">${me.name}</span><span class="log-out">Log out</span>
            </button>
          </div>
        </div>
      </header>
      <main id="content" tabindex="-1">
        ${lost ? html`<div class="banner" role="alert"><strong>Connection to the broker lost.</strong>
          Figures are from ${lost}. Trying again…</div>` : nothing}
        ${content}
      </main>
    </div>`;
}

/** The hash is the page's address, so a link within the page must not change it. */
function skip(event) {
  event.preventDefault();
  document.getElementById("content").focus();
}
