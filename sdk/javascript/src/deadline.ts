/** Ends a try when its time is over or its caller cancels it. */

import { APIConnectionError, CraftError, APITimeoutError } from "./errors.js";

const LONGEST = 2 ** 31 - 1; // a timer's; above it they fire at once

/** The time of one try. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #url: string;
  readonly #outer: AbortSignal | undefined;
  readonly #cancel = (): void => this.#controller.abort(this.#outer?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;
  #hasEnded = false;

  /** Starts at once. Throws the reason of `outer` if that is aborted already. */
  constructor(milliseconds: number, url: string, outer?: AbortSignal) {
    outer?.throwIfAborted();
    this.#milliseconds = milliseconds;
    this.#url = url;
    this.#outer = outer;
    outer?.addEventListener("abort", this.#cancel, { once: true });
    this.restart();
  }

  /** For fetch. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Count from now on; not any more once the try has ended. */
  restart(): void {
    this.pause();
    if (this.#hasEnded || this.#milliseconds > LONGEST) return;
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#controller.abort();
    }, this.#milliseconds);
  }

  /** Do not count until `restart`. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** The try is through. */
  end(): void {
    this.#hasEnded = true;
    this.pause();
    this.#outer?.removeEventListener("abort", this.#cancel);
  }

  /** The try failed: let go of the connection too. */
  abandon(): void {
    this.end();
    this.#controller.abort();
  }

  /** The error for what fetch or a body threw: the caller's own reason, a timeout, or no connection. */
  explain(thrown: unknown): unknown {
    if (this.#outer?.aborted) return this.#outer.reason;
    if (this.#isOver) return new APITimeoutError(this.#milliseconds);
    if (thrown instanceof CraftError) return thrown;
    const { origin, protocol } = new URL(this.#url);
    const reason = describe(thrown);
    const isPlain = protocol === "https:" && /ERR_SSL_WRONG_VERSION_NUMBER|EPROTO|packet length too long/.test(reason);
    const hint = isPlain ? ". Does the server speak http rather than https?" : "";
    return new APIConnectionError(`No connection to ${origin}: ${reason}${hint}`, thrown);
  }
}

/** What a platform's error says: Node hides the reason in `cause`. */
function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { cause } = thrown;
  const reason = cause instanceof Error ? ((cause as { code?: string }).code ?? cause.message) : "";
  return reason ? `${thrown.message} (${reason})` : thrown.message;
}
