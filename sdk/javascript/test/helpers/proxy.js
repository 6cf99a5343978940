// A real proxy before the real server, which misbehaves a number of times and passes everything on otherwise.

import { createServer, request } from "node:http";
import { once } from "node:events";

import { url } from "./craft.js";

/**
 * Listen on a free port. `misbehave(incoming, outgoing, number)` answers a call itself or returns "pass"; `number`
 * counts from 1. Gives `{ url, calls, [Symbol.asyncDispose] }`.
 */
export async function proxy(t, misbehave) {
  const calls = [];
  const server = createServer((incoming, outgoing) => {
    calls.push(`${incoming.method} ${incoming.url}`);
    if (misbehave(incoming, outgoing, calls.length) === "pass") pass(incoming, outgoing);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, calls };
}

function pass(incoming, outgoing) {
  const headers = { ...incoming.headers, host: new URL(url).host };
  const onward = request(`${url}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.on("close", () => incoming.complete || onward.destroy());
  incoming.pipe(onward);
}

/** What nginx shows when the server behind it is away. */
export function htmlError(outgoing, status, headers = {}) {
  outgoing.writeHead(status, { "Content-Type": "text/html", ...headers });
  outgoing.end(`<html><head><title>${status}</title></head><body>nginx</body></html>`);
}
