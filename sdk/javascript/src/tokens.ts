/**
 * What a Craft token looks like:
 * `craft_<kind>_<public id, 12 base62>_<secret, 32 base62><CRC32 of all before it, 6 base62>`.
 * The checksum tells a key that was cut or mistyped before anything is sent.
 */

import { ConfigurationError } from "./errors.js";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PATTERN = /^craft_(key|oat|ort|oac|ocs)_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$/;
const LENGTH = 61;
const CHECKSUM_LENGTH = 6;

/** A kind of token, by the letters in it, and how it is called. */
export const KINDS = {
  key: "API key",
  oat: "access token",
  ort: "refresh token",
  oac: "authorization code",
  ocs: "client secret",
} as const;

export type Kind = keyof typeof KINDS;

/**
 * The token without the spaces around it, if it is a whole one of this kind.
 * Throws ConfigurationError, whose message does not contain it; `option` is where it was given.
 */
export function checkToken(text: unknown, kind: Kind, option: string): string {
  if (typeof text !== "string") throw new ConfigurationError(`${option} must be a string.`);
  const token = text.trim();
  if (token === "") throw new ConfigurationError(`${option} is empty.`);
  if (/^["'`]|["'`]$/.test(token)) throw new ConfigurationError(`${option} goes without quotes.`);
  if (/^bearer[\s:]/i.test(token)) throw new ConfigurationError(`${option} goes without Bearer.`);
  const prefix = `craft_${kind}_`;
  if (!token.startsWith(prefix)) {
    const other = (Object.keys(KINDS) as Kind[]).find((each) => token.startsWith(`craft_${each}_`));
    throw new ConfigurationError(
      other
        ? `${option} is a Craft ${KINDS[other]}, not ${KINDS[kind]}.`
        : `${option} is no Craft ${KINDS[kind]}: those begin with ${prefix}.`,
    );
  }
  if (token.length !== LENGTH) {
    throw new ConfigurationError(
      `${option} looks incomplete or mistyped: it has ${token.length} characters, a whole one has ${LENGTH}.`,
    );
  }
  if (!PATTERN.test(token) || checksum(token.slice(0, -CHECKSUM_LENGTH)) !== token.slice(-CHECKSUM_LENGTH)) {
    throw new ConfigurationError(`${option} looks mistyped: its checksum is wrong.`);
  }
  return token;
}

/**
 * The value itself, which `console.log` and `util.inspect` of Node now show without these secrets. JSON keeps
 * them: stores need it. A copy made by spreading shows them again.
 */
export function hideSecrets<T extends object>(value: T, secrets: readonly (keyof T)[]): T {
  const shown = (): object => {
    const hidden = secrets.map((name) => [name, String(value[name]).replace(/^(craft_[a-z]+_)?.*$/s, "$1…")]);
    return { ...value, ...Object.fromEntries(hidden) };
  };
  return Object.defineProperty(value, Symbol.for("nodejs.util.inspect.custom"), { value: shown });
}

/** CRC32 of an ASCII text as 6 base62 digits, padded with 0. */
function checksum(text: string): string {
  let value = crc32(text);
  let digits = "";
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    digits = DIGITS.charAt(value % 62) + digits;
    value = Math.floor(value / 62);
  }
  return digits;
}

function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
