import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";

import { newPeople, url } from "./helpers/craft.js";
import { unknownToken } from "./helpers/tokens.js";
import { ConfigurationError, CraftClient, CraftOAuth, UnauthorizedError, VERSION } from "@craft/sdk";

const { alice } = await newPeople(["alice"]);
/** A fetch that no test of a mistyped key may reach. */
const noFetch = () => assert.fail("a request was sent");

function refusal(options) {
  let thrown;
  assert.throws(
    () => new CraftClient({ fetch: noFetch, ...options }),
    (error) => error instanceof ConfigurationError && Boolean((thrown = error)),
  );
  return thrown;
}

test("the key comes from CRAFT_API_KEY when none is given", async (t) => {
  process.env.CRAFT_API_KEY = alice.key;
  t.after(() => delete process.env.CRAFT_API_KEY);

  assert.equal((await new CraftClient().me.get()).email, alice.email);
  assert.equal((await new CraftClient({ apiKey: undefined }).me.get()).email, alice.email);
});

test("a given key goes before the one of the environment", async (t) => {
  process.env.CRAFT_API_KEY = unknownToken();
  t.after(() => delete process.env.CRAFT_API_KEY);

  assert.equal((await new CraftClient({ apiKey: alice.key }).me.get()).email, alice.email);
});

test("without any credential the client says what to do", () => {
  assert.match(refusal({}).message, /set CRAFT_API_KEY, or give apiKey, accessToken or auth/);
});

test("two credentials are refused", () => {
  assert.match(refusal({ apiKey: alice.key, accessToken: unknownToken("oat") }).message, /one of apiKey, accessToken/);
});

test("a slip in the options never falls back to the key of the environment", (t) => {
  process.env.CRAFT_API_KEY = alice.key;
  t.after(() => delete process.env.CRAFT_API_KEY);
  const secret = unknownToken();
  const none = /^The options must be an object with none but apiKey, accessToken, auth, baseUrl, .+, onKeyEnds\.$/;
  const slips = [
    ...[secret, null, [secret], { api_key: secret }, { apikey: secret }, { baseURL: url }, { [secret]: true }].map(
      (options) => [options, none],
    ),
    [{ apiKey: null }, /^apiKey must be a string\.$/],
    [{ accessToken: null }, /^accessToken must be a string\.$/],
    [{ auth: null }, /^auth must have a method token/],
  ];
  for (const [options, message] of slips) {
    const named = (error) => error instanceof ConfigurationError && message.test(error.message) && !error.stack.includes(secret);
    assert.throws(() => new CraftClient(options), named, JSON.stringify(options));
  }
});

test("an app's unknown options are told too", () => {
  const options = { clientId: "app_1", redirectUri: "http://127.0.0.1/callback" };
  assert.throws(() => new CraftOAuth({ ...options, client_secret: "x" }), {
    name: "ConfigurationError",
    message: /^The options must be an object with none but clientId, clientSecret, /,
  });
  assert.throws(() => new CraftOAuth(), { name: "ConfigurationError" });
  assert.throws(() => new CraftOAuth({ ...options, clientSecret: null }), { name: "ConfigurationError" });
});

test("a source of tokens that gives none is told before a request is sent", async () => {
  for (const wrong of [undefined, null, "", 7]) {
    const auth = { token: async () => wrong };
    const craft = new CraftClient({ auth, fetch: noFetch });
    await assert.rejects(craft.me.get(), { name: "ConfigurationError", message: /^auth\.token\(\) must give a token/ });
  }
  const auth = { token: async () => unknownToken("oat"), renew: async () => undefined };
  await assert.rejects(new CraftClient({ auth }).me.get(), { message: /^auth\.renew\(\) must give a token/ });
});

test("spaces around a pasted key do no harm", async () => {
  assert.equal((await new CraftClient({ apiKey: ` ${alice.key}\n` }).me.get()).id, alice.id);
});

test("a key with a character missing, anywhere, is told before a request is sent", () => {
  for (let at = 0; at < alice.key.length; at++) {
    const cut = alice.key.slice(0, at) + alice.key.slice(at + 1);
    const { message } = refusal({ apiKey: cut });
    assert.match(message, /^apiKey (looks incomplete or mistyped: it has 60 characters|is no Craft API key)/);
    assert.ok(!message.includes(cut));
  }
});

test("a key with a character mistyped, anywhere, is told before a request is sent", () => {
  for (let at = 0; at < alice.key.length; at++) {
    const other = alice.key[at] === "x" ? "y" : "x";
    const mistyped = alice.key.slice(0, at) + other + alice.key.slice(at + 1);
    const { message, stack } = refusal({ apiKey: mistyped });
    assert.match(message, /mistyped|is no Craft API key/);
    assert.ok(!stack.includes(mistyped));
  }
});

test("a token of another kind is told apart", () => {
  assert.equal(refusal({ apiKey: unknownToken("oat") }).message, "apiKey is a Craft access token, not API key.");
  assert.equal(refusal({ accessToken: alice.key }).message, "accessToken is a Craft API key, not access token.");
});

test("a key with more around it than itself is told what to leave out", () => {
  const key = unknownToken();
  for (const quote of ['"', "'", "`"]) {
    assert.equal(refusal({ apiKey: `${quote}${key}${quote}` }).message, "apiKey goes without quotes.");
  }
  assert.equal(refusal({ apiKey: `Bearer ${key}` }).message, "apiKey goes without Bearer.");
  assert.equal(refusal({ apiKey: `bearer: ${key}` }).message, "apiKey goes without Bearer.");
});

test("what is no text is told", () => {
  assert.equal(refusal({ apiKey: 7 }).message, "apiKey must be a string.");
  assert.equal(refusal({ apiKey: " " }).message, "apiKey is empty.");
  assert.match(refusal({ auth: {} }).message, /auth must have a method token/);
});

test("an address with /v1, with parameters or of another kind is refused", () => {
  for (const baseUrl of [`${url}/v1`, `${url}/v1/`, `${url}?a=b`, "ftp://craft.fast", "craft.fast", "https://a:b@c"]) {
    assert.match(refusal({ apiKey: alice.key, baseUrl }).message, /^baseUrl /);
  }
});

test("an address without http is told as what it is", () => {
  for (const baseUrl of ["localhost:8731", "craft.fast", "//craft.fast", "", 7]) {
    assert.equal(refusal({ apiKey: alice.key, baseUrl }).message, "baseUrl must begin with http:// or https://.");
  }
});

test("options that are no numbers are refused", () => {
  for (const wrong of [{ timeout: 0 }, { timeout: "1" }, { maxRetries: -1 }, { maxRetries: 1.5 }, { maxRetryWait: NaN }]) {
    assert.match(refusal({ apiKey: alice.key, ...wrong }).message, new RegExp(`^${Object.keys(wrong)[0]} must be`));
  }
});

test("a slash at the end of the address does no harm", async () => {
  assert.equal((await new CraftClient({ apiKey: alice.key, baseUrl: `${url}/` }).me.get()).id, alice.id);
});

test("a fetch of your own makes the calls", async () => {
  const seen = [];
  const fetch = (address, init) => {
    seen.push(`${init.method} ${address}`);
    return globalThis.fetch(address, init);
  };
  await new CraftClient({ apiKey: alice.key, fetch }).projects.list({ limit: 1 });
  assert.deepEqual(seen, [`GET ${url}/v1/projects?limit=1`]);
});

test("the key is in no error, inspection or JSON", async () => {
  const key = unknownToken();
  const craft = new CraftClient({ apiKey: key });
  const refused = await craft.me.get().catch((error) => error);
  assert.ok(refused instanceof UnauthorizedError);
  const nowhere = new CraftClient({ apiKey: key, baseUrl: "http://127.0.0.1:9", maxRetries: 0 });
  const lost = await nowhere.me.get().catch((error) => error);

  for (const shown of [craft, nowhere, refused, lost]) {
    const everything = { depth: Infinity, showHidden: true };
    assert.ok(!inspect(shown, everything).includes(key.slice(-38)), inspect(shown));
    assert.ok(!(JSON.stringify(shown) + String(shown) + shown.stack).includes(key.slice(-38)));
  }
});

test("a client secret is in no inspection or JSON, and a mistyped one is told", () => {
  const clientSecret = unknownToken("ocs");
  const options = { clientId: "app_1", redirectUri: "http://127.0.0.1/callback" };
  const oauth = new CraftOAuth({ ...options, clientSecret });

  assert.ok(!inspect(oauth, { depth: Infinity, showHidden: true }).includes(clientSecret));
  assert.ok(!JSON.stringify(oauth).includes(clientSecret));
  assert.throws(() => new CraftOAuth({ ...options, clientSecret: clientSecret.slice(1) }), ConfigurationError);
});

test("the version is the package's", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  assert.equal(VERSION, JSON.parse(text).version);
});
