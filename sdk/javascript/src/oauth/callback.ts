/** Reads what Craft sends the browser back with (RFC 6749, section 4.1.2; RFC 9207). */

import { OAuthError } from "../errors.js";

/** What is expected of a callback. */
export interface Expected {
  /** Undefined where what was kept is lost. */
  state: string | undefined;
  issuer: string;
  redirectUri: string;
}

/** The code in a callback's address. Throws OAuthError: it is not the answer to our request, or a refusal. */
export function codeOf(callback: string | URL, expected: Expected): string {
  const parameters = parametersOf(callback, expected.redirectUri);
  for (const name of ["state", "iss", "code", "error", "error_description"]) {
    if (parameters.getAll(name).length > 1) throw failed("invalid_callback", `The callback has ${name} twice.`);
  }
  if (!expected.state) {
    throw failed("state_mismatch", "What authorizeUrl() gave to keep is lost: has the person's session ended?");
  }
  if (parameters.get("state") !== expected.state) {
    throw failed("state_mismatch", "The callback does not answer this request: its state is another.");
  }
  if (parameters.get("iss") !== expected.issuer) {
    throw failed("issuer_mismatch", `The callback is not from ${expected.issuer}: its iss is another or missing.`);
  }
  const error = parameters.get("error");
  if (error) throw failed(error, parameters.get("error_description") || `Craft answered ${error}.`);
  const code = parameters.get("code");
  if (!code) throw failed("invalid_callback", "The callback has no code.");
  return code;
}

function parametersOf(callback: string | URL, redirectUri: string): URLSearchParams {
  try {
    return new URL(callback, redirectUri).searchParams;
  } catch {
    throw failed("invalid_callback", "The callback is no address.");
  }
}

function failed(code: string, message: string): OAuthError {
  return new OAuthError({ code, message });
}
