/** Puts ids and file paths into addresses, so that each stays where it belongs. */

import { InvalidRequestError } from "./errors.js";

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
  if (path.startsWith("/")) throw invalid("path", "This begins with a slash: a path is relative to its project.");
  if (path.includes("//")) throw invalid("path", "This has a double slash.");
  if (path.endsWith("/")) throw invalid("path", "This ends with a slash: a path is that of a file.");
  return path.split("/").map((part) => segment(part, "path")).join("/");
}

/** A path below `/v1` that the caller made, with a slash before it. Throws InvalidRequestError: it leads elsewhere. */
export function pathBelow(path: string): string {
  if (typeof path !== "string") throw invalid("path", "This must be a string.");
  const [plain = ""] = path.split(/[?#]/, 1);
  if (/^\/?v1(\/|$)/.test(plain)) throw invalid("path", "This goes without /v1.");
  // To an address \ is another slash, %2e another dot, and tabs and line breaks are nothing (URL standard).
  if (/[\\\0-\x1f]/.test(path)) throw invalid("path", "This must not have backslashes or control characters.");
  const parts = plain.replace(/%2e/gi, ".").split("/");
  if (parts.some((part) => part === "." || part === "..")) throw invalid("path", "This must not have . or ..");
  return path.startsWith("/") ? path : `/${path}`;
}

/** The error for an argument that cannot be sent. */
export function invalid(name: string, reason: string, cause?: unknown): InvalidRequestError {
  return new InvalidRequestError({
    code: "INVALID_REQUEST",
    message: "The request is not valid",
    details: { [name]: [reason] },
    cause,
  });
}
