/** Calls the token and revocation endpoints as the app (RFC 6749, sections 2.3.1 and 3.2). */

import { attempt, type Body } from "../attempt.js";
import { type CraftError, OAuthError, RateLimitError } from "../errors.js";
import { parse, told, unexpected } from "../refusals.js";
import { retrying } from "../retry.js";
import type { Settings } from "../settings.js";

/** What the app shows of itself; a public app has no secret. */
export interface ClientCredentials {
  clientId: string;
  clientSecret: string | undefined;
}

/**
 * What `read` makes of the body of a successful answer; null: it is not Craft's. Tried again only when the call
 * was refused for coming too often: what became of a lost one nobody knows, and codes and refresh tokens work
 * once.
 */
export async function post<T>(
  settings: Settings,
  { clientId, clientSecret }: ClientCredentials,
  path: "token" | "revoke",
  parameters: Record<string, string>,
  signal: AbortSignal | undefined,
  read: (text: string) => T | null,
): Promise<T> {
  const form = new URLSearchParams({ ...parameters, client_id: clientId });
  if (clientSecret !== undefined) form.set("client_secret", clientSecret);
  const url = `${settings.baseUrl}/v1/oauth/${path}`;
  const outgoing = { method: "POST", url, headers: {}, body: formBody(form) };
  return retrying(settings, { isIdempotent: false, hasBodyStill: true }, signal, () =>
    attempt(settings, outgoing, signal, async (response) => {
      const text = await response.text();
      if (!response.ok) throw refused(response, text);
      const value = read(text);
      if (value === null) throw unexpected(response);
      return { value };
    }),
  );
}

/** A form, which browsers send to another origin without asking it first. */
function formBody(form: URLSearchParams): Body {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  return { isRepeatable: true, open: () => ({ content: form.toString(), headers }) };
}

/** The error for an answer in the shape of RFC 6749, section 5.2. */
function refused(response: Response, text: string): CraftError {
  const answer = parse(text) as { error?: unknown; error_description?: unknown } | null;
  if (typeof answer?.error !== "string") return unexpected(response);
  const message = String(answer.error_description || answer.error);
  const fields = { ...told(response), message };
  if (response.status === 429) return new RateLimitError({ ...fields, code: "RATE_LIMIT_EXCEEDED" });
  return new OAuthError({ ...fields, code: answer.error });
}
