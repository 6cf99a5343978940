/**
 * Finds out why an upload broke off. A server that refuses it by its head alone (no right, too large …) answers
 * and closes the connection while the body is still on its way; the platform may then see the broken connection
 * only, and the answer is lost.
 */

import { attempt, type Outgoing } from "./attempt.js";
import { APIConnectionError, CraftError, APITimeoutError } from "./errors.js";
import { refusal } from "./refusals.js";
import type { Settings } from "./settings.js";

const PATIENCE = 2_000; // milliseconds: a server that is silent for so long has nothing against it

/**
 * The refusal behind a broken connection, else the error itself. The request is made once more with its body held
 * back, so that it can be refused but never carried out.
 */
export async function earlyRefusal(
  error: unknown,
  settings: Settings,
  outgoing: Outgoing,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const heldBack = outgoing.body?.heldBack;
  if (!(error instanceof APIConnectionError) || error instanceof APITimeoutError || !heldBack) return error;
  const hasty = { ...settings, timeout: Math.min(settings.timeout, PATIENCE) };
  try {
    return await attempt(hasty, { ...outgoing, body: heldBack }, signal, async (response) => {
      throw response.ok ? error : refusal(response, await response.text()); // and lets go of the connection
    });
  } catch (found) {
    return found instanceof CraftError && found.status === null ? error : found;
  }
}
