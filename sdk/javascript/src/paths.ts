/** Puts ids and file paths into addresses, so that each stays where it belongs. */

import { InvalidRequestError } from "./api-errors.js";

/** One segment of an address. Throws InvalidRequestError for what an address would swallow. */
export function segment(value: string, name: string): string {
  if (typeof value !== "string" || value === "") throw invalid(name, "This must be a string that is not empty.");
  if (value === "." || value === "..") throw invalid(name, "This must not be . or ..");
  try {
    return encodeURIComponent(value);
  } catch {
    throw invalid(name, "This is not valid Unicode.");
  }
}

/** A file's path, its slashes kept. Throws InvalidRequestError. */
export function filePath(path: string): string {
  if (typeof path !== "string") throw invalid("path", "This must be a string.");
  return path.split("/").map((part) => segment(part, "path")).join("/");
}

/** The error for an argument that cannot be sent. */
export function invalid(name: string, reason: string): InvalidRequestError {
  return new InvalidRequestError({
    code: "INVALID_REQUEST",
    message: "The request is not valid",
    details: { [name]: [reason] },
  });
}
