/** Tries a call again where that can help and does no harm, after a wait. */

import { APIConnectionError, CraftError, PassingError } from "./errors.js";
import type { Settings } from "./settings.js";

const FIRST_WAIT = 500; // milliseconds
const LONGEST_WAIT = 8_000;
const LONGEST_SLEEP = 2 ** 31 - 1; // a timer's; above it they fire at once
const SPREAD = 0.25; // of a wait that was told, on top of it: who waits for the same minute does not wake at once
const AWAY = [502, 503, 504]; // Craft, or the server behind a proxy, is away or busy

/** What decides whether a call may be made twice. */
export interface Repeatability {
  /** Whatever became of the first try, a second does no harm, nor is told something wrong. */
  isIdempotent: boolean;
  /** Whether its body can be sent a second time. */
  hasBodyStill: boolean;
}

/**
 * The first success of `once`. A refused call (429) did nothing and is made again, whatever its method; a
 * one of which nobody knows what became of it only if a second does no harm.
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
  const isLost = error instanceof APIConnectionError || AWAY.includes(error.status ?? 0);
  if (error.status !== 429 && !(isLost && call.isIdempotent)) return null;
  const told = error instanceof PassingError && error.retryAfter !== null ? error.retryAfter * 1000 : null;
  if (told === null) return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries) * (0.5 + Math.random() / 2);
  return told > most ? null : told + Math.random() * Math.max(FIRST_WAIT, SPREAD * told);
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
