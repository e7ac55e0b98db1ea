// The log-in form. A password manager may fill it; the console itself keeps nothing.
import { html, nothing } from "./lib.js";
import { logIn, Refused } from "./api.js";
import { mark } from "./shell.js";

export class LogIn {
  #state = { failure: null, busy: false };
  #done;
  #redraw;

  constructor(done, redraw) {
    this.#done = done;
    this.#redraw = redraw;
  }

  view() {
    const { failure, busy } = this.#state;
    return html`<main class="log-in">
      <form @submit=${(event) => this.#submit(event)}>
        <div class="brand">${mark()}<span>Warren</span></div>
        <h1>Log in</h1>
        <label>User<input name="user" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></label>
        <label>Password<input name="password" type="password" autocomplete="current-password"
          aria-describedby=${failure ? "log-in-failure" : nothing}></label>
        ${failure ? html`<p id="log-in-failure" class="failure" role="alert">${failure}</p>` : nothing}
        <button type="submit" class="primary" aria-disabled=${busy ? "true" : nothing}>${busy ? "Logging in…" : "Log in"}</button>
      </form>
    </main>`;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#state.busy) return;
    const fields = new FormData(event.target);
    this.#state = { failure: null, busy: true };
    this.#redraw();
    try {
      const me = await logIn(fields.get("user"), fields.get("password"));
      this.#state = { failure: null, busy: false };
      this.#done(me);
    } catch (failure) {
      const text = failure instanceof Refused ? failure.message : "The broker does not answer.";
      this.#state = { failure: text, busy: false };
      this.#redraw();
    }
  }
}
