/** Everything that can go wrong, as classes by code. */

/** The codes of the API, those of this SDK, and those of OAuth (RFC 6749, and this SDK's). */
export type ErrorCode =
  | "INVALID_REQUEST"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "CONFLICT"
  | "LENGTH_REQUIRED"
  | "PRECONDITION_FAILED"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "RATE_LIMIT_EXCEEDED"
  | "INTERNAL_ERROR"
  | "SERVICE_UNAVAILABLE"
  | "CONFIGURATION"
  | "CONNECTION"
  | "TIMEOUT"
  | "UNEXPECTED_ANSWER"
  | "access_denied"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_request"
  | "invalid_scope"
  | "server_error"
  | "temporarily_unavailable"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "unsupported_response_type"
  | "invalid_callback"
  | "issuer_mismatch"
  | "no_tokens"
  | "state_mismatch";

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

  static {
    this.prototype.name = "CraftError";
  }
}

/** The client was set up wrongly, or a credential looks cut or mistyped. Nothing was sent. */
export class ConfigurationError extends CraftError {
  constructor(message: string) {
    super({ code: "CONFIGURATION", message });
  }

  static {
    this.prototype.name = "ConfigurationError";
  }
}

/** No answer came: no connection, it broke off, or it took too long. `cause` says more. */
export class ConnectionError extends CraftError {
  constructor(message: string, cause?: unknown, code = "CONNECTION") {
    super({ code, message, cause });
  }

  static {
    this.prototype.name = "ConnectionError";
  }
}

/** No answer came in time (`timeout`). */
export class TimeoutError extends ConnectionError {
  constructor(milliseconds: number) {
    super(`There was no answer within ${milliseconds} ms.`, undefined, "TIMEOUT");
  }

  static {
    this.prototype.name = "TimeoutError";
  }
}

/** The answer is not the API's: an error page of a proxy, a redirect, or a wrong `baseUrl`. */
export class UnexpectedAnswerError extends CraftError {
  /** Seconds to wait before another try, where the answer says so. */
  readonly retryAfter: number | null;

  constructor(fields: Omit<ErrorFields, "code">, retryAfter: number | null = null) {
    super({ ...fields, code: "UNEXPECTED_ANSWER" });
    this.retryAfter = retryAfter;
  }

  static {
    this.prototype.name = "UnexpectedAnswerError";
  }
}

/**
 * OAuth failed. `code` is the error of RFC 6749, such as `invalid_grant` or `access_denied`, or one of this SDK:
 * `state_mismatch`, `issuer_mismatch`, `invalid_callback`, `no_tokens`.
 */
export class OAuthError extends CraftError {
  static {
    this.prototype.name = "OAuthError";
  }
}
