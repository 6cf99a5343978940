// What comes from outside and is not what was agreed: answers, tokens, addresses.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { inspect } from "node:util";

import { unknownToken } from "./helpers/tokens.js";
import {
  ConfigurationError,
  APIConnectionError,
  CraftClient,
  CraftOAuth,
  memoryStore,
  UnexpectedAnswerError,
} from "@craft/sdk";

/** A server that answers as it likes; `{ url, calls }`. */
async function hostile(t, answer) {
  const calls = [];
  const server = createServer((incoming, outgoing) => {
    calls.push(`${incoming.method} ${incoming.url}`);
    answer(outgoing, calls.length);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, calls };
}

/** A client of a server that gives this body, and how often it was called. */
async function clientOf(t, answer, options = {}) {
  const { url: baseUrl, calls } = await hostile(t, answer);
  return { craft: new CraftClient({ apiKey: unknownToken(), baseUrl, maxRetries: 0, ...options }), calls };
}

test("a token that no header can hold is refused, and in no error", async (t) => {
  const { url: baseUrl, calls } = await hostile(t, (outgoing) => outgoing.end("{}"));
  for (const bad of ["secret\nvalue", "secret\0value", "secret value", "secret\u00e9", "", undefined, { secret: 1 }]) {
    for (const auth of [
      { token: async () => bad },
      { token: async () => unknownToken("oat"), renew: async () => bad },
    ]) {
      const fetch = async (address, init) =>
        auth.renew && init.headers.Authorization.includes("craft_oat_")
          ? new Response('{"error": {"code": "UNAUTHORIZED", "message": "no"}}', { status: 401 })
          : globalThis.fetch(address, init);
      const error = await new CraftClient({ auth, baseUrl, fetch, maxRetries: 0 }).me.get().catch((thrown) => thrown);
      assert.ok(error instanceof ConfigurationError, inspect(error));
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes("secret"));
    }
  }
  assert.deepEqual(calls, []);
});

const CONTENT = "what was asked for";
const etagOf = (content) => `"${createHash("sha256").update(content).digest("hex")}"`;

/** A download of what a server, or a fetch, gives. */
const downloadOf = async (t, status, headers, body, options) => {
  const { craft } = await clientOf(t, (outgoing) => outgoing.writeHead(status, headers).end(body), options);
  return craft.files.download("proj_1", "a.txt");
};

test("a download that is no file of Craft's is refused at once", async (t) => {
  const ETag = etagOf(CONTENT);
  for (const [status, headers] of [
    [200, { "Content-Type": "text/html" }],
    [200, { ETag: '"abc"' }],
    [200, { ETag: ETag.toUpperCase() }],
    [206, { ETag }],
    [203, { ETag }],
    [204, { ETag }],
  ]) {
    await assert.rejects(downloadOf(t, status, headers, CONTENT), UnexpectedAnswerError, JSON.stringify(headers));
  }
});

test("a download whose content is another is told", async (t) => {
  for (const read of ["bytes", "text", "blob"]) {
    const good = await downloadOf(t, 200, { ETag: etagOf(CONTENT) }, CONTENT);
    assert.ok(await good[read]());
    const weak = await downloadOf(t, 200, { ETag: `W/${etagOf(CONTENT)}` }, CONTENT);
    assert.ok(await weak[read]());
    const bad = await downloadOf(t, 200, { ETag: etagOf(CONTENT) }, "what was not asked");
    await assert.rejects(bad[read](), { name: "APIConnectionError", message: /not the one that was announced/ });
  }
});

test("a download that is shorter than it says is told, whatever the fetch", async (t) => {
  const headers = { ETag: etagOf(CONTENT), "Content-Length": "100" };
  const fetch = async () => new Response(CONTENT, { headers });
  const download = await downloadOf(t, 200, {}, "", { fetch });
  await assert.rejects(async () => {
    for await (const _ of download.body);
  }, APIConnectionError);
});

const listOf = (data, hasMore = false) =>
  JSON.stringify({ success: true, data, pagination: { page: 1, limit: 1, total: 0, totalPages: 0, hasMore } });

test("a list that is none is refused", async (t) => {
  for (const data of ["text", 7, {}, { length: 3 }]) {
    const { craft } = await clientOf(t, (outgoing) => outgoing.end(listOf(data)));
    await assert.rejects(craft.projects.list(), UnexpectedAnswerError);
  }
});

test("a page may be very long", async (t) => {
  const { craft } = await clientOf(t, (outgoing) => outgoing.end(listOf(Array(200_000).fill(0))));
  assert.equal((await craft.projects.list()).length, 200_000);
});

test("a list whose pages are empty and go on for ever ends", async (t) => {
  const { craft, calls } = await clientOf(t, (outgoing, number) =>
    number > 9 ? outgoing.destroy() : outgoing.end(listOf(number === 1 ? [{}] : [], true)),
  );
  let count = 0;
  for await (const _ of craft.projects.list()) count += 1;
  assert.deepEqual([count, calls.length], [1, 2]);
});

const LIMITED = '{"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Slow down."}}';

test("a Retry-After that is no time is ignored", async (t) => {
  for (const value of ["-5", "2.5", "0x10", "1e3", "+1", "soon"]) {
    const { craft } = await clientOf(t, (outgoing) => outgoing.writeHead(429, { "Retry-After": value }).end(LIMITED));
    assert.equal((await craft.me.get().catch((error) => error)).retryAfter, null, value);
  }
});

test("a wait that is longer than a timer can be is not cut to nothing", async (t) => {
  const endless = { maxRetryWait: Infinity, maxRetries: 5 };
  const { craft, calls } = await clientOf(
    t,
    (outgoing) => outgoing.writeHead(429, { "Retry-After": "3000000" }).end(LIMITED),
    endless,
  );
  const signal = AbortSignal.timeout(500);
  await assert.rejects(craft.me.get({ signal }), { name: "TimeoutError", code: DOMException.TIMEOUT_ERR });
  assert.equal(calls.length, 1);
});

const TOKENS = { accessToken: "A", refreshToken: "R", expiresAt: "2020-01-01T00:00:00.000Z", scope: "read" };

/** A CraftOAuth whose token endpoint gives this body. */
async function oauthOf(t, body, store = memoryStore(TOKENS)) {
  const { url, calls } = await hostile(t, (outgoing) => outgoing.end(body));
  const redirectUri = "http://127.0.0.1/callback";
  return { oauth: new CraftOAuth({ clientId: "app_1", redirectUri, baseUrl: url, webUrl: url, store }), calls };
}

test("tokens whose time is none are refused", async (t) => {
  for (const seconds of ["1e999", "1e15", "-5", '"3600"', "null"]) {
    const body = `{"access_token": "a", "refresh_token": "r", "expires_in": ${seconds}, "scope": "read"}`;
    const { oauth } = await oauthOf(t, body);
    await assert.rejects(oauth.token(), UnexpectedAnswerError, seconds);
  }
});

test("what a store gives and is no tokens counts as none", async (t) => {
  for (const given of [{}, "text", [], 7, { accessToken: "A" }, { ...TOKENS, refreshToken: 1 }]) {
    const { oauth, calls } = await oauthOf(t, "{}", { load: () => given, save() {} });
    await assert.rejects(oauth.token(), { name: "OAuthError", code: "no_tokens" });
    await oauth.revoke();
    assert.deepEqual(calls, []);
  }
});

test("a callback that is no address is OAuthError", async (t) => {
  const { oauth } = await oauthOf(t, "{}");
  const { kept } = await oauth.authorizeUrl();
  await assert.rejects(oauth.callback("http://[", kept), { name: "OAuthError", code: "invalid_callback" });
});

test("details that are no lists of reasons are left out", async (t) => {
  const refused = async (details) => {
    const body = JSON.stringify({ error: { code: "INVALID_REQUEST", message: "No.", details } });
    const { craft } = await clientOf(t, (outgoing) => outgoing.writeHead(400).end(body));
    return (await craft.me.get().catch((error) => error)).details;
  };
  for (const details of ["text", 7, null, ["a"], { name: "text" }, { name: [1] }, { name: null }]) {
    assert.deepEqual(await refused(details), {});
  }
  assert.deepEqual(await refused({ name: ["It is empty."] }), { name: ["It is empty."] });
});

test("an address without TLS is taken for this machine only", () => {
  const apiKey = unknownToken();
  const options = { clientId: "app_1", redirectUri: "https://app.example/callback", baseUrl: "https://api.example" };
  const away = ["api.craft.fast", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "[::2]", "128.0.0.1"];
  for (const host of away) {
    const address = `http://${host}`;
    assert.throws(() => new CraftClient({ apiKey, baseUrl: address }), /^ConfigurationError: baseUrl must be https/);
    assert.throws(() => new CraftOAuth({ ...options, webUrl: address }), /^ConfigurationError: webUrl must be https/);
    assert.ok(new CraftClient({ apiKey, baseUrl: `https://${host}` }));
  }
  for (const host of ["localhost", "craft.localhost:8000", "127.0.0.1:8000", "127.1.2.3", "[::1]:8000"]) {
    assert.ok(new CraftClient({ apiKey, baseUrl: `http://${host}` }));
    assert.ok(new CraftOAuth({ ...options, webUrl: `http://${host}` }));
  }
});
