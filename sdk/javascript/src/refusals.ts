/** Turns an answer that is no success into the error that stands for it. */

import * as errors from "./errors.js";

const BY_CODE: Readonly<Record<string, new (fields: errors.ErrorFields) => errors.CraftError>> = {
  INVALID_REQUEST: errors.InvalidRequestError,
  UNAUTHORIZED: errors.UnauthorizedError,
  FORBIDDEN: errors.ForbiddenError,
  NOT_FOUND: errors.NotFoundError,
  METHOD_NOT_ALLOWED: errors.MethodNotAllowedError,
  CONFLICT: errors.ConflictError,
  LENGTH_REQUIRED: errors.LengthRequiredError,
  PRECONDITION_FAILED: errors.PreconditionFailedError,
  PAYLOAD_TOO_LARGE: errors.PayloadTooLargeError,
  UNSUPPORTED_MEDIA_TYPE: errors.UnsupportedMediaTypeError,
  RATE_LIMIT_EXCEEDED: errors.RateLimitError,
  INTERNAL_ERROR: errors.InternalError,
  SERVICE_UNAVAILABLE: errors.ServiceUnavailableError,
};

/** The error for a refusal by the API; `text` is the answer's body. */
export function refusal(response: Response, text: string): errors.CraftError {
  const error = (parse(text) as { error?: Partial<Record<string, unknown>> } | null)?.error;
  if (typeof error?.code !== "string" || typeof error.message !== "string") return unexpected(response);
  const Kind = (Object.hasOwn(BY_CODE, error.code) ? BY_CODE[error.code] : undefined) ?? errors.CraftError;
  return new Kind({
    ...told(response),
    code: error.code,
    message: error.message,
    details: detailsOf(error.details),
    description: challenge(response, "error_description"),
    scope: challenge(response, "scope"),
  });
}

/** What the head of an answer tells an error. */
export function told(response: Response): Pick<errors.ErrorFields, "status" | "requestId" | "retryAfter"> {
  const requestId = response.headers.get("X-Request-ID");
  return { status: response.status, requestId, retryAfter: retryAfter(response) };
}

function detailsOf(value: unknown): Record<string, string[]> {
  const isList = (each: unknown): boolean => Array.isArray(each) && each.every((reason) => typeof reason === "string");
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.values(value).every(isList) ? (value as Record<string, string[]>) : {};
}

/** The error for an answer that is not Craft's. It tells no more of it than its kind. */
export function unexpected(response: Response): errors.UnexpectedAnswerError {
  const type = response.headers.get("Content-Type") || "no content type";
  const isRedirect = response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400);
  const what = `${response.status} ${response.statusText}`.trim();
  const message = isRedirect
    ? `The address redirects${response.status ? ` (${what})` : ""}. Is baseUrl right?`
    : `The answer is not the Craft API's: ${what}, ${type}. A proxy may be in between, or baseUrl is wrong.`;
  return new errors.UnexpectedAnswerError({ ...told(response), code: "UNEXPECTED_ANSWER", message });
}

/** Seconds to wait by Retry-After (RFC 9110, section 10.2.3); null when it is absent. */
function retryAfter(response: Response): number | null {
  const value = response.headers.get("Retry-After")?.trim();
  if (!value) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = /^[A-Za-z]/.test(value) ? Date.parse(value) : NaN; // Date.parse makes years of "-5" and "2.5"
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
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
