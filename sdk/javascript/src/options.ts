/** Finds slips in the options of a constructor, which would otherwise be passed over in silence. */

import { ConfigurationError } from "./errors.js";

/**
 * Check that these are options, all of them known. Throws ConfigurationError, whose message has names only:
 * what was given may be a secret.
 */
export function checkOptions(options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ConfigurationError(`The options must be an object, such as { ${known[0]} }.`);
  }
  const slip = Object.keys(options).find((name) => !known.includes(name));
  if (slip === undefined) return;
  const meant = known.find((name) => letters(name) === letters(slip));
  const which = /^[\w-]{1,30}$/.test(slip) ? slip : "of that name"; // a key could have got there
  const hint = meant ? `Did you mean ${meant}?` : `There are ${known.join(", ")}.`;
  throw new ConfigurationError(`There is no option ${which}. ${hint}`);
}

function letters(name: string): string {
  return name.replace(/[^a-z]/gi, "").toLowerCase();
}
