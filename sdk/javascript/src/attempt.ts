/** One try of a call. */

import { Deadline } from "./deadline.js";
import { invalid } from "./paths.js";
import { isBrowser } from "./runtime.js";
import type { Settings } from "./settings.js";
import { VERSION } from "./version.js";

/** A request's body. */
export interface Body {
  /** Whether `open` can be called again for another try. */
  readonly isRepeatable: boolean;
  /** The same with all but its first byte held back: it can be refused, but not carried out. */
  readonly heldBack?: Body | undefined;
  /** What is to be sent, and its headers. */
  open(deadline: Deadline): Promise<OpenBody> | OpenBody;
}

/** A body on its way. */
export interface OpenBody {
  content: string | Blob | Uint8Array | ReadableStream<Uint8Array>;
  headers: Record<string, string>;
  /** What the caller's own stream or callback threw, in a list of one. */
  failures?: readonly unknown[];
}

/** A request. */
export interface Outgoing {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: Body | undefined;
}

/** A JSON value as a body. Throws InvalidRequestError for what JSON cannot hold. */
export function jsonBody(value: unknown): Body {
  const content = json(value);
  return { isRepeatable: true, open: () => ({ content, headers: { "Content-Type": "application/json" } }) };
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // thrown by a toJSON() of theirs
    throw invalid("body", "This cannot be JSON: it has a BigInt, or holds itself.", error);
  }
}

/**
 * Send a request and `read` its answer, all within the time of one try. `read` may keep the deadline, and
 * must end it then. Throws what `read` throws, APIConnectionError, APITimeoutError and the signal's reason.
 */
export async function attempt<T>(
  settings: Settings,
  { method, url, headers, body }: Outgoing,
  signal: AbortSignal | undefined,
  read: (response: Response, deadline: Deadline) => Promise<{ value: T; keeps?: boolean }>,
): Promise<T> {
  const deadline = new Deadline(settings.timeout, url, signal);
  let open: OpenBody | undefined;
  try {
    open = await body?.open(deadline);
    const init: RequestInit & { duplex: "half" } = {
      method,
      headers: { Accept: "application/json", ...agent(), ...headers, ...open?.headers },
      body: (open?.content as BodyInit | undefined) ?? null,
      signal: deadline.signal,
      redirect: "manual", // the API never redirects; what does might not be it
      credentials: "omit",
      duplex: "half",
    };
    const { value, keeps } = await read(await settings.fetch(url, init), deadline);
    if (!keeps) deadline.end();
    return value;
  } catch (thrown) {
    const isCallers = body && !open && !deadline.signal.aborted; // thrown by a stream of theirs
    const error = isCallers ? thrown : deadline.explain(thrown);
    deadline.abandon();
    if (open?.failures?.length && !signal?.aborted) throw open.failures[0];
    throw error;
  }
}

function agent(): Record<string, string> {
  return isBrowser() ? {} : { "User-Agent": `craft-sdk-js/${VERSION}` };
}
