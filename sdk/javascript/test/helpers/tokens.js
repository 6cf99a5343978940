// Tokens for tests: whole ones that nobody made, and broken ones.

import * as zlib from "node:zlib";
import { randomBytes } from "node:crypto";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A well-formed token with a good checksum that the server does not know. */
export function unknownToken(kind = "key") {
  const body = `craft_${kind}_${letters(12)}_${letters(32)}`;
  let value = zlib.crc32?.(body) ?? slowCrc32(body);
  let digits = "";
  for (let place = 0; place < 6; place++) {
    digits = DIGITS[value % 62] + digits;
    value = Math.floor(value / 62);
  }
  return body + digits;
}

function letters(count) {
  return [...randomBytes(count)].map((byte) => DIGITS[byte % 62]).join("");
}

/** For a Node before 20.15, which has none. */
function slowCrc32(text) {
  let crc = -1;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ -1) >>> 0;
}
