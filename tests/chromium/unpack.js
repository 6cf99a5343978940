// Write the browser that the package has, compressed, to where tests/browser.py looks for it.

import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";

const at = (path) => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url));
const packed = createReadStream(at("@sparticuz/chromium/bin/chromium.br"));
await pipeline(packed, createBrotliDecompress(), createWriteStream(at("headless_shell"), { mode: 0o755 }));
