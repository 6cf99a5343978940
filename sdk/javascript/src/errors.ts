/** Everything that can go wrong, as classes by code. */

/** The codes of the API, those of this SDK, and those of OAuth (RFC 6749, and this SDK's). */
export type ErrorCode =
  | ("INVALID_REQUEST" | "UNAUTHORIZED" | "FORBIDDEN" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "CONFLICT")
  | ("LENGTH_REQUIRED" | "PRECONDITION_FAILED" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE")
  | ("RATE_LIMIT_EXCEEDED" | "INTERNAL_ERROR" | "SERVICE_UNAVAILABLE")
  | ("CONFIGURATION" | "CONNECTION" | "TIMEOUT" | "UNEXPECTED_ANSWER")
  | ("access_denied" | "invalid_client" | "invalid_grant" | "invalid_request" | "invalid_scope" | "server_error")
  | ("temporarily_unavailable" | "unauthorized_client" | "unsupported_grant_type" | "unsupported_response_type")
  | ("invalid_callback" | "issuer_mismatch" | "no_tokens" | "state_mismatch");

/** What is known of a failure. */
export interface ErrorFields {
  code: string;
  message: string;
  /** HTTP status; null when there was no answer. */
  status?: number | null;
  /** Each bad field or parameter and its reasons. */
  details?: Record<string, string[]>;
  /** X-Request-ID of the answer: tell it to Craft's support. */
  requestId?: string | null;
  /** Seconds to wait. */
  retryAfter?: number | null;
  /** Why a credential is refused. */
  description?: string | null;
  /** The scope that is missing. */
  scope?: string | null;
  cause?: unknown;
}

/** The base of all errors of this SDK. */
export class CraftError extends Error {
  /** The API's code, such as `NOT_FOUND`, or one of this SDK, such as `TIMEOUT`; there may be new ones. */
  readonly code: ErrorCode | (string & {});
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** Each bad field or parameter and its reasons; empty unless the API gave some. */
  readonly details: Readonly<Record<string, readonly string[]>>;
  /** X-Request-ID of the answer: tell it to Craft's support. Null when there was none. */
  readonly requestId: string | null;

  constructor(fields: ErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.status = fields.status ?? null;
    this.details = fields.details ?? {};
    this.requestId = fields.requestId ?? null;
  }

  static { this.prototype.name = "CraftError"; } // bundlers rename classes
}

/** The client was set up wrongly, or a credential looks cut or mistyped. Nothing was sent. */
export class ConfigurationError extends CraftError {
  constructor(message: string) {
    super({ code: "CONFIGURATION", message });
  }

  static { this.prototype.name = "ConfigurationError"; }
}

/** No answer came: no connection, it broke off, or it took too long. `cause` says more. */
export class APIConnectionError extends CraftError {
  constructor(message: string, cause?: unknown, code = "CONNECTION") {
    super({ code, message, cause });
  }

  static { this.prototype.name = "APIConnectionError"; }
}

/** No answer came in time (`timeout`). */
export class APITimeoutError extends APIConnectionError {
  constructor(milliseconds: number) {
    super(`There was no answer within ${milliseconds} ms.`, undefined, "TIMEOUT");
  }

  static { this.prototype.name = "APITimeoutError"; }
}

/** What may pass by itself. */
export class PassingError extends CraftError {
  /** Seconds to wait; null when the answer does not say. */
  readonly retryAfter: number | null;

  constructor(fields: ErrorFields) {
    super(fields);
    this.retryAfter = fields.retryAfter ?? null;
  }
}

/** The answer is not the API's: an error page of a proxy, a redirect, or a wrong `baseUrl`. */
export class UnexpectedAnswerError extends PassingError {
  static { this.prototype.name = "UnexpectedAnswerError"; }
}

/**
 * OAuth failed. `code` is the error of RFC 6749, such as `invalid_grant` or `access_denied`, or one of this SDK:
 * `state_mismatch`, `issuer_mismatch`, `invalid_callback`, `no_tokens`.
 */
export class OAuthError extends CraftError {
  static { this.prototype.name = "OAuthError"; }
}

/** 400: `details` says what is wrong with each field or parameter, `message` with the first few. */
export class InvalidRequestError extends CraftError {
  constructor(fields: ErrorFields) {
    super({ ...fields, message: withDetails(fields) });
  }

  static { this.prototype.name = "InvalidRequestError"; }
}

/** A message of one line that has the first details. */
function withDetails({ message, details = {} }: ErrorFields): string {
  const all = Object.entries(details).map(([name, [reason]]) => `${name}: ${reason}`);
  const first = all.length > 3 ? [...all.slice(0, 3), "…"] : all;
  return first.length ? `${message}. ${first.join("; ")}`.replace(/\s+/g, " ") : message;
}

/** 401: the credential is missing, wrong or has ended. */
export class UnauthorizedError extends CraftError {
  /** Why, where the API tells: `The access token has expired.` */
  readonly description: string | null;

  constructor(fields: ErrorFields) {
    super({ ...fields, message: fields.description ? `${fields.message}: ${fields.description}` : fields.message });
    this.description = fields.description ?? null;
  }

  static { this.prototype.name = "UnauthorizedError"; }
}

/** 403: the credential lacks a scope, or the resource belongs to another user. */
export class ForbiddenError extends CraftError {
  /** The scope that is missing, if one is. */
  readonly scope: string | null;

  constructor(fields: ErrorFields) {
    const missing = fields.scope ? `: the scope ${fields.scope} is missing.` : "";
    super({ ...fields, message: fields.message + missing });
    this.scope = fields.scope ?? null;
  }

  static { this.prototype.name = "ForbiddenError"; }
}

/** 404: there is nothing there. */
export class NotFoundError extends CraftError {
  static { this.prototype.name = "NotFoundError"; }
}

/** 405: it cannot be done to this address. */
export class MethodNotAllowedError extends CraftError {
  static { this.prototype.name = "MethodNotAllowedError"; }
}

/** 409: the request is good, but not for what there is now. */
export class ConflictError extends CraftError {
  static { this.prototype.name = "ConflictError"; }
}

/** 411: an upload without a size. */
export class LengthRequiredError extends CraftError {
  static { this.prototype.name = "LengthRequiredError"; }
}

/** 412: the file is not the version that `ifMatch` or `ifNoneMatch` expects. */
export class PreconditionFailedError extends CraftError {
  static { this.prototype.name = "PreconditionFailedError"; }
}

/** 413: the file or the JSON is too large. */
export class PayloadTooLargeError extends CraftError {
  static { this.prototype.name = "PayloadTooLargeError"; }
}

/** 415: the content type is none that the API takes. */
export class UnsupportedMediaTypeError extends CraftError {
  static { this.prototype.name = "UnsupportedMediaTypeError"; }
}

/** 429: too many calls. */
export class RateLimitError extends PassingError {
  static { this.prototype.name = "RateLimitError"; }
}

/** 500: something went wrong at Craft. Tell `requestId` if it stays. */
export class InternalError extends CraftError {
  static { this.prototype.name = "InternalError"; }
}

/** 503: Craft cannot answer right now. Nothing was changed. */
export class ServiceUnavailableError extends PassingError {
  static { this.prototype.name = "ServiceUnavailableError"; }
}
