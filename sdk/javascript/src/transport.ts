/** Makes the calls of the API: credential, tries, and what an answer holds. */

import { attempt, type Body, type Outgoing } from "./attempt.js";
import type { TokenSource } from "./credentials.js";
import type { Deadline } from "./deadline.js";
import { earlyRefusal } from "./early-refusal.js";
import { ConfigurationError, UnauthorizedError } from "./errors.js";
import type { WatchKeyEnds } from "./key-ends.js";
import { parse, refusal, unexpected } from "./refusals.js";
import { retrying } from "./retry.js";
import { type CallOptions, forCall, type Settings } from "./settings.js";
import type { Pagination } from "./types/answers.js";

/** Query parameters; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A call of the API. */
export interface Call {
  method: string;
  /** Below `/v1`. */
  path: string;
  query?: Query | undefined;
  headers?: Record<string, string> | undefined;
  body?: Body | undefined;
}

/** What an answer's body holds. */
export interface Answer<T> {
  data: T;
  pagination?: Pagination;
}

type Read<T> = (response: Response, deadline: Deadline) => Promise<{ value: T; keeps?: boolean }>;

/** The way to the API, with a credential. */
export class Transport {
  readonly #settings: Settings;
  readonly #credential: TokenSource;
  readonly #watch: WatchKeyEnds;

  constructor(settings: Settings, credential: TokenSource, watch: WatchKeyEnds) {
    this.#settings = settings;
    this.#credential = credential;
    this.#watch = watch;
  }

  /** The `data` of the answer. */
  async data<T>(call: Call, options: CallOptions = {}): Promise<T> {
    return (await this.send(call, options, readAnswer<T>)).data;
  }

  /** A page of a list, and where in the list it is. */
  async listing<T>(call: Call, options: CallOptions = {}): Promise<Required<Answer<T[]>>> {
    const { data, pagination } = await this.send(call, options, readList<T>);
    const whole = { page: 1, limit: data.length, total: data.length, totalPages: 1, hasMore: false };
    return { data, pagination: pagination ?? whole };
  }

  /** What `read` makes of an answer that is a success. */
  async send<T>(call: Call, options: CallOptions, read: Read<T>): Promise<T> {
    const settings = forCall(this.#settings, options);
    const { signal } = options;
    const hasBodyStill = call.body?.isRepeatable ?? true;
    const repeatability = { isIdempotent: isIdempotent(call), hasBodyStill };
    const withToken = (token: string): Promise<T> => {
      const outgoing = this.#outgoing(call, token);
      const once = (): Promise<T> =>
        attempt(settings, outgoing, signal, (response, deadline) => {
          this.#watch(response);
          return successful(response, deadline, read);
        });
      return retrying(settings, repeatability, signal, () =>
        once().catch(async (error) => {
          throw await earlyRefusal(error, settings, outgoing, signal);
        }),
      );
    };
    signal?.throwIfAborted();
    const token = given(await this.#credential.token({ signal }), "token");
    try {
      return await withToken(token);
    } catch (error) {
      if (!(error instanceof UnauthorizedError && this.#credential.renew && hasBodyStill)) throw error;
      return await withToken(given(await this.#credential.renew(token, { signal }), "renew"));
    }
  }

  #outgoing(call: Call, token: string): Outgoing {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) query.append(name, String(value));
    }
    return {
      method: call.method,
      url: `${this.#settings.baseUrl}/v1${call.path}${query.size ? `?${query}` : ""}`,
      headers: { ...call.headers, Authorization: bearer(token) },
      body: call.body,
    };
  }
}

/**
 * Whether a second call does no harm, whatever became of the first, nor is told something wrong: after the first, a
 * condition does not hold any more, and the credential that was ended is refused.
 */
function isIdempotent({ method, path, headers }: Call): boolean {
  const hasCondition = headers !== undefined && ("If-Match" in headers || "If-None-Match" in headers);
  if (method === "GET" || method === "HEAD") return true;
  return ["PUT", "DELETE"].includes(method) && !hasCondition && !path.startsWith("/auth");
}

/** What a source of tokens gave. Throws ConfigurationError: it is none, and "Bearer undefined" helps nobody. */
function given(token: unknown, method: string): string {
  if (typeof token === "string" && token !== "") return token;
  throw new ConfigurationError(`auth.${method}() must give a token, a string that is not empty.`);
}

/** The header for a token. A platform that refuses a header repeats it in its error, so it must not come to that. */
function bearer(token: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigurationError("The token source gave no token that a header can hold.");
  }
  return `Bearer ${token}`;
}

async function successful<T>(response: Response, deadline: Deadline, read: Read<T>): ReturnType<Read<T>> {
  if (response.type === "opaqueredirect") throw unexpected(response);
  if (!response.ok) throw refusal(response, await response.text());
  return read(response, deadline);
}

async function readAnswer<T>(response: Response): Promise<{ value: Answer<T> }> {
  const value = parse(await response.text()) as (Answer<T> & { success?: unknown }) | null;
  if (value?.success !== true || value.data === undefined) throw unexpected(response);
  return { value };
}

async function readList<T>(response: Response): Promise<{ value: Answer<T[]> }> {
  const { value } = await readAnswer<T[]>(response);
  if (!Array.isArray(value.data)) throw unexpected(response);
  return { value };
}
