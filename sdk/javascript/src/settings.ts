/** How calls are made: where to, how long they may take, and how often they are tried again. */

import { ConfigurationError } from "./errors.js";
import { environment } from "./runtime.js";

/** Where Craft's API is unless something else is said. */
export const DEFAULT_BASE_URL = "https://api.craft.fast";

/** What fetch looks like: the platform's own, or one of yours. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const LOOPBACK = /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])$/; // what is sent there stays on the machine

/** Options of a client. */
export interface ConnectionOptions {
  /** Address of the API without `/v1`; default `CRAFT_BASE_URL`, else `https://api.craft.fast`. */
  baseUrl?: string | undefined;
  /** What makes the calls; default the platform's own. */
  fetch?: Fetch | undefined;
  /**
   * Milliseconds that one try may take; while a file is on its way, the longest silence. Default 60,000;
   * `Infinity` for no limit.
   */
  timeout?: number | undefined;
  /** How often a call is tried again; default 2. */
  maxRetries?: number | undefined;
  /** Milliseconds that `Retry-After` may ask to wait; a longer wait is an error instead. Default 60,000. */
  maxRetryWait?: number | undefined;
}

/** Their names. */
export const CONNECTION_OPTIONS = ["baseUrl", "fetch", "timeout", "maxRetries", "maxRetryWait"] as const;

/** Options of one call. */
export interface CallOptions {
  /** Cancels the call, the wait before another try included. */
  signal?: AbortSignal | undefined;
  /** As in the client's options, for this call. */
  timeout?: number | undefined;
  /** As in the client's options, for this call. */
  maxRetries?: number | undefined;
}

/** The options, checked and complete. */
export interface Settings {
  baseUrl: string;
  fetch: Fetch;
  timeout: number;
  maxRetries: number;
  maxRetryWait: number;
}

/** Check and complete a client's options. Throws ConfigurationError. */
export function settingsOf(options: ConnectionOptions): Settings {
  const fetch = options.fetch ?? ((url: string, init: RequestInit) => globalThis.fetch(url, init));
  if (typeof fetch !== "function") throw new ConfigurationError("fetch must be a function.");
  return {
    baseUrl: address(options.baseUrl ?? environment("CRAFT_BASE_URL") ?? DEFAULT_BASE_URL, "baseUrl"),
    fetch,
    timeout: milliseconds(options.timeout ?? 60_000, "timeout"),
    maxRetries: retries(options.maxRetries ?? 2),
    maxRetryWait: milliseconds(options.maxRetryWait ?? 60_000, "maxRetryWait"),
  };
}

/** Throws ConfigurationError: a slip in the options must not mean the credential or the address of the environment. */
export function checkOptions(options: unknown, known: readonly string[]): void {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  if (isObject && Object.keys(options).every((name) => known.includes(name))) return;
  throw new ConfigurationError(`The options must be an object with none but ${known.join(", ")}.`); // no secret in it
}

/** The settings of one call. Throws ConfigurationError. */
export function forCall(settings: Settings, options: CallOptions): Settings {
  return {
    ...settings,
    timeout: milliseconds(options.timeout ?? settings.timeout, "timeout"),
    maxRetries: retries(options.maxRetries ?? settings.maxRetries),
  };
}

/** An http address without a slash at its end. Throws ConfigurationError, whose message does not repeat it. */
export function address(text: string, option: string): string {
  if (!/^https?:\/\//i.test(text)) throw new ConfigurationError(`${option} must begin with http:// or https://.`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ConfigurationError(`${option} must be an address such as ${DEFAULT_BASE_URL}.`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new ConfigurationError(`${option} must be an http or https address with nothing but host and path.`);
  }
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    throw new ConfigurationError(`${option} must be https: over http anyone on the way reads the key.`);
  }
  const plain = url.href.replace(/\/+$/, "");
  if (plain.endsWith("/v1")) throw new ConfigurationError(`${option} goes without /v1.`);
  return plain;
}

function milliseconds(value: number, option: string): number {
  if (typeof value !== "number" || !(value > 0)) {
    throw new ConfigurationError(`${option} must be a number of milliseconds above 0.`);
  }
  return value;
}

function retries(value: number): number {
  if (!Number.isInteger(value) || value < 0) {
    throw new ConfigurationError("maxRetries must be a whole number from 0.");
  }
  return value;
}
