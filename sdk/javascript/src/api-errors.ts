/** The errors that the API answers with, one class a code. */

import { CraftError, type ErrorFields } from "./errors.js";

const MOST = 3; // fields that a message names; `details` has all

/** 400: `details` says what is wrong with each field or parameter, `message` with the first few. */
export class InvalidRequestError extends CraftError {
  constructor(fields: ErrorFields) {
    super({ ...fields, message: withDetails(fields) });
  }

  static {
    this.prototype.name = "InvalidRequestError";
  }
}

/** 401: the credential is missing, wrong or has ended. */
export class UnauthorizedError extends CraftError {
  /** Why, where the API tells: `The access token has expired.` */
  readonly description: string | null;

  constructor(fields: ErrorFields, description: string | null = null) {
    super(description ? { ...fields, message: `${fields.message}: ${description}` } : fields);
    this.description = description;
  }

  static {
    this.prototype.name = "UnauthorizedError";
  }
}

/** 403: the credential lacks a scope, or the resource belongs to another user. */
export class ForbiddenError extends CraftError {
  /** The scope that is missing, if one is. */
  readonly scope: string | null;

  constructor(fields: ErrorFields, scope: string | null = null) {
    super(scope ? { ...fields, message: `${fields.message}: the scope ${scope} is missing.` } : fields);
    this.scope = scope;
  }

  static {
    this.prototype.name = "ForbiddenError";
  }
}

/** 404: there is nothing there. */
export class NotFoundError extends CraftError {
  static {
    this.prototype.name = "NotFoundError";
  }
}

/** 405: it cannot be done to this address. */
export class MethodNotAllowedError extends CraftError {
  static {
    this.prototype.name = "MethodNotAllowedError";
  }
}

/** 409: the request is good, but not for what there is now. */
export class ConflictError extends CraftError {
  static {
    this.prototype.name = "ConflictError";
  }
}

/** 411: an upload without a size. */
export class LengthRequiredError extends CraftError {
  static {
    this.prototype.name = "LengthRequiredError";
  }
}

/** 412: the file is not the version that `ifMatch` or `ifNoneMatch` expects. */
export class PreconditionFailedError extends CraftError {
  static {
    this.prototype.name = "PreconditionFailedError";
  }
}

/** 413: the file or the JSON is too large. */
export class PayloadTooLargeError extends CraftError {
  static {
    this.prototype.name = "PayloadTooLargeError";
  }
}

/** 415: the content type is none that the API takes. */
export class UnsupportedMediaTypeError extends CraftError {
  static {
    this.prototype.name = "UnsupportedMediaTypeError";
  }
}

/** 429: too many calls. */
export class RateLimitError extends CraftError {
  /** Seconds to wait; null when the answer does not say. */
  readonly retryAfter: number | null;

  constructor(fields: ErrorFields, retryAfter: number | null = null) {
    super(fields);
    this.retryAfter = retryAfter;
  }

  static {
    this.prototype.name = "RateLimitError";
  }
}

/** A message of one line that has the first details. */
function withDetails({ message, details = {} }: ErrorFields): string {
  const first = Object.entries(details).slice(0, MOST).map(([name, [reason]]) => `${name}: ${reason}`);
  const rest = Object.keys(details).length > MOST ? ["…"] : [];
  return first.length ? `${message}. ${[...first, ...rest].join("; ")}`.replace(/\s+/g, " ") : message;
}

/** 500: something went wrong at Craft. Tell `requestId` if it stays. */
export class InternalError extends CraftError {
  static {
    this.prototype.name = "InternalError";
  }
}

/** 503: Craft cannot answer right now. Nothing was changed. */
export class ServiceUnavailableError extends CraftError {
  /** Seconds to wait; null when the answer does not say. */
  readonly retryAfter: number | null;

  constructor(fields: ErrorFields, retryAfter: number | null = null) {
    super(fields);
    this.retryAfter = retryAfter;
  }

  static {
    this.prototype.name = "ServiceUnavailableError";
  }
}
