// Loads again and again while the page is looked at, at a steady pace: the next load starts an
// interval after the last one ended, so a slow server is never asked twice at once.
import { Refused, Unreachable } from "./api.js";

const RETRY_MS = 2_000;

export class Poller {
  #load;
  #on;
  #timer = null;
  #abort = null;
  #runs = false;

  /** `load(signal)` fetches; `on` has `loaded()`, `lost()` and `refused(failure)`. */
  constructor(load, on) {
    this.#load = load;
    this.#on = on;
    document.addEventListener("visibilitychange", () => this.#runs && this.now());
    addEventListener("online", () => this.#runs && this.now());
  }

  start(intervalMs) {
    this.intervalMs = intervalMs;
    this.#runs = true;
    return this.now();
  }

  stop() {
    this.#runs = false;
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  /** Loads at once, and forgets what is under way. */
  async now() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    if (!this.#runs || document.hidden) return;
    const abort = new AbortController();
    this.#abort = abort;
    let pause = this.intervalMs;
    try {
      await this.#load(abort.signal);
      if (!abort.signal.aborted) this.#on.loaded();
    } catch (failure) {
      if (abort.signal.aborted) return;
      if (failure instanceof Unreachable || failure.status >= 500) {
        pause = RETRY_MS;
        this.#on.lost();
      } else if (failure instanceof Refused) {
        this.#on.refused(failure);
      } else {
        throw failure;
      }
    }
    if (!abort.signal.aborted && this.#runs) {
      this.#timer = setTimeout(() => this.now(), pause);
    }
  }
}
