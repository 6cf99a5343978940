/** Tells a program that its key, or the secret it holds of one, is about to end: the header Craft-Key-Ends. */

import { ConfigurationError } from "./errors.js";

/** Called with the moment at which a key or its secret ends. */
export type OnKeyEnds = (endsAt: Date) => unknown;

/** What looks at the answers of a client. */
export type WatchKeyEnds = (response: Response) => void;

/**
 * Calls back once for each moment that answers name. What the callback throws, or its promise rejects with, goes to
 * the console and no further. Throws ConfigurationError.
 */
export function watchKeyEnds(onKeyEnds: OnKeyEnds | undefined): WatchKeyEnds {
  if (onKeyEnds === undefined) return () => {};
  if (typeof onKeyEnds !== "function") throw new ConfigurationError("onKeyEnds must be a function that takes a Date.");
  const told = new Set<number>();
  return ({ headers }) => {
    const endsAt = moment(headers.get("Craft-Key-Ends"));
    if (endsAt === null || told.has(endsAt.getTime())) return;
    told.add(endsAt.getTime());
    void tell(onKeyEnds, endsAt);
  };
}

async function tell(onKeyEnds: OnKeyEnds, endsAt: Date): Promise<void> {
  try {
    await onKeyEnds(endsAt);
  } catch (error) {
    console.error("onKeyEnds failed:", error);
  }
}

/** An RFC 3339 moment; null when it is none. */
function moment(text: string | null): Date | null {
  const isOne = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text ?? "");
  const date = new Date(isOne && text ? text : NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
