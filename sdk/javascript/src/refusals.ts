/** Turns an answer that is no success into the error that stands for it. */

import * as api from "./api-errors.js";
import { CraftError, type ErrorFields, UnexpectedAnswerError } from "./errors.js";

type Make = (fields: ErrorFields, response: Response) => CraftError;

const BY_CODE: Readonly<Record<string, Make>> = {
  INVALID_REQUEST: (fields) => new api.InvalidRequestError(fields),
  UNAUTHORIZED: (fields, response) =>
    new api.UnauthorizedError(fields, challenge(response, "error_description")),
  FORBIDDEN: (fields, response) => new api.ForbiddenError(fields, challenge(response, "scope")),
  NOT_FOUND: (fields) => new api.NotFoundError(fields),
  METHOD_NOT_ALLOWED: (fields) => new api.MethodNotAllowedError(fields),
  CONFLICT: (fields) => new api.ConflictError(fields),
  LENGTH_REQUIRED: (fields) => new api.LengthRequiredError(fields),
  PRECONDITION_FAILED: (fields) => new api.PreconditionFailedError(fields),
  PAYLOAD_TOO_LARGE: (fields) => new api.PayloadTooLargeError(fields),
  UNSUPPORTED_MEDIA_TYPE: (fields) => new api.UnsupportedMediaTypeError(fields),
  RATE_LIMIT_EXCEEDED: (fields, response) => new api.RateLimitError(fields, retryAfter(response)),
  INTERNAL_ERROR: (fields) => new api.InternalError(fields),
  SERVICE_UNAVAILABLE: (fields, response) => new api.ServiceUnavailableError(fields, retryAfter(response)),
};

/** The error for a refusal by the API; `text` is the answer's body. */
export function refusal(response: Response, text: string): CraftError {
  const error = (parse(text) as { error?: Partial<Record<string, unknown>> } | null)?.error;
  if (typeof error?.code !== "string" || typeof error.message !== "string") return unexpected(response);
  const fields: ErrorFields = {
    code: error.code,
    message: error.message,
    status: response.status,
    details: detailsOf(error.details),
    requestId: requestId(response),
  };
  const make = Object.hasOwn(BY_CODE, error.code) ? BY_CODE[error.code] : undefined;
  return make ? make(fields, response) : new CraftError(fields);
}

function detailsOf(value: unknown): Record<string, string[]> {
  const isList = (each: unknown): boolean => Array.isArray(each) && each.every((reason) => typeof reason === "string");
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.values(value).every(isList) ? (value as Record<string, string[]>) : {};
}

/** The error for an answer that is not Craft's. It tells no more of it than its kind. */
export function unexpected(response: Response): UnexpectedAnswerError {
  const type = response.headers.get("Content-Type") || "no content type";
  const isRedirect = response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400);
  const what = `${response.status} ${response.statusText}`.trim();
  const message = isRedirect
    ? `The address redirects${response.status ? ` (${what})` : ""}. Is baseUrl right?`
    : `The answer is not the Craft API's: ${what}, ${type}. A proxy may be in between, or baseUrl is wrong.`;
  const fields = { message, status: response.status, requestId: requestId(response) };
  return new UnexpectedAnswerError(fields, retryAfter(response));
}

/** Seconds to wait by Retry-After (RFC 9110, section 10.2.3); null when it is absent. */
export function retryAfter(response: Response): number | null {
  const value = response.headers.get("Retry-After")?.trim();
  if (!value) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = /^[A-Za-z]/.test(value) ? Date.parse(value) : NaN; // Date.parse makes years of "-5" and "2.5"
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

/** X-Request-ID of an answer. */
export function requestId(response: Response): string | null {
  return response.headers.get("X-Request-ID");
}

/** The value of a JSON text; null when it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A quoted parameter of WWW-Authenticate (RFC 6750, section 3). */
function challenge(response: Response, name: string): string | null {
  const header = response.headers.get("WWW-Authenticate") ?? "";
  return new RegExp(`(?:^|[ ,])${name}="([^"]*)"`).exec(header)?.[1] ?? null;
}
