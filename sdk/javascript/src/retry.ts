/** Tries a call again where that can help and does no harm, after a wait. */

import { RateLimitError, ServiceUnavailableError } from "./api-errors.js";
import { ConnectionError, CraftError, UnexpectedAnswerError } from "./errors.js";
import type { Settings } from "./settings.js";

const FIRST_WAIT = 500; // milliseconds
const LONGEST_WAIT = 8_000;
const LONGEST_SLEEP = 2 ** 31 - 1; // a timer's; above it they fire at once
const AWAY = [502, 503, 504]; // a proxy whose server is away or busy

/** What decides whether a call may be made twice. */
export interface Repeatability {
  /** GET or HEAD: whatever became of the first try, a second does no harm. */
  isSafe: boolean;
  /** Whether its body can be sent a second time. */
  hasBodyStill: boolean;
}

/**
 * The first success of `once`. A refused call (429) did nothing and is made again, whatever its method; a
 * lost one, or one that a proxy answered, only if it is safe.
 */
export async function retrying<T>(
  settings: Settings,
  call: Repeatability,
  signal: AbortSignal | undefined,
  once: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await once();
    } catch (error) {
      const wait = tries < settings.maxRetries ? waitAfter(error, call, tries, settings.maxRetryWait) : null;
      if (wait === null) throw error;
      await sleep(wait, signal);
    }
  }
}

/** Milliseconds to wait before another try; null when there must be none. */
function waitAfter(error: unknown, call: Repeatability, tries: number, most: number): number | null {
  if (!(error instanceof CraftError) || !call.hasBodyStill) return null;
  const isAway = error instanceof ConnectionError || AWAY.includes(error.status ?? 0);
  if (error.status !== 429 && !(isAway && call.isSafe)) return null;
  const backoff = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries) * (0.5 + Math.random() / 2);
  const tells = [RateLimitError, ServiceUnavailableError, UnexpectedAnswerError];
  const told = tells.some((kind) => error instanceof kind) ? (error as RateLimitError).retryAfter : null;
  if (told === null) return backoff;
  return told * 1000 > most ? null : told * 1000 + Math.random() * FIRST_WAIT;
}

/** Wait; rejects with the signal's reason as soon as that is aborted. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_SLEEP));
  });
  try {
    await untilAborted(over, signal);
  } finally {
    clearTimeout(timer);
  }
}

/** A promise's outcome, or the signal's reason if that is aborted first. The promise itself goes on. */
export async function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
