// The whole of OAuth through the real consent page.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";

import { signIn } from "./helpers/apps.js";
import { countRefreshTokens, expireTokens, newApp, newPeople, redirectUri, url } from "./helpers/craft.js";
import { answer } from "./helpers/person.js";
import { unknownToken } from "./helpers/tokens.js";
import { ConfigurationError, CraftClient, CraftOAuth, memoryStore, OAuthError, UnauthorizedError } from "@craft/sdk";

const CAST = ["alice", "bob", "cara", "dora", "emil", "fay", "gus", "hal", "ida", "jim", "kim"];
const people = await newPeople(CAST);
const { alice } = people;
const app = await newApp();
const publicApp = await newApp({ isPublic: true });

/** A fetch that writes down what it was asked and what was answered. */
function watched() {
  const calls = [];
  const fetch = async (address, init) => {
    const response = await globalThis.fetch(address, init);
    calls.push(`${init.method} ${new URL(address).pathname} ${response.status}`);
    return response;
  };
  return { fetch, calls };
}

/** A store that writes down what it was given. */
function watchedStore(tokens = null) {
  const saved = [];
  const store = memoryStore(tokens);
  return { saved, load: store.load, save: (newer) => (saved.push(newer), store.save(newer)) };
}

test("the link has a state and a PKCE challenge of its own, and nothing secret", async () => {
  const oauth = new CraftOAuth(app);
  const first = await oauth.authorizeUrl({ scope: "read write" });
  const second = await oauth.authorizeUrl({ scope: ["read", "write"] });

  const link = new URL(first.url);
  const { state, code_challenge: challenge, ...rest } = Object.fromEntries(link.searchParams);
  assert.equal(link.origin + link.pathname, `${url}/oauth/authorize`);
  assert.deepEqual(rest, {
    client_id: app.clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "read write",
    code_challenge_method: "S256",
  });
  assert.equal(state, first.kept.state);
  assert.match(first.kept.codeVerifier, /^[\w-]{43}$/);
  assert.equal(challenge, createHash("sha256").update(first.kept.codeVerifier).digest("base64url"));
  assert.notEqual(second.kept.state, state);
  assert.notEqual(second.kept.codeVerifier, first.kept.codeVerifier);
  assert.equal(new URL(second.url).searchParams.get("scope"), "read write");
  assert.equal(new URL((await oauth.authorizeUrl()).url).searchParams.get("scope"), "read");
  assert.ok(!first.url.includes(app.clientSecret) && !first.url.includes(first.kept.codeVerifier));
});

for (const [kind, which] of [["with a secret", app], ["without one", publicApp]]) {
  test(`an app ${kind} goes the whole way: tokens, calls, refresh, revocation`, async () => {
    const store = watchedStore();
    const { oauth, tokens } = await signIn(which, alice, "read write", store);
    assert.match(tokens.accessToken, /^craft_oat_/);
    assert.match(tokens.refreshToken, /^craft_ort_/);
    assert.equal(tokens.scope, "read write");
    assert.ok(Math.abs(Date.parse(tokens.expiresAt) - Date.now() - 3_600_000) < 300_000);
    assert.deepEqual(store.saved, [tokens]);
    const shown = inspect({ tokens }, { depth: 9, showHidden: true });
    assert.ok(!shown.includes(tokens.accessToken) && !shown.includes(tokens.refreshToken), shown);
    assert.match(shown, /accessToken: 'craft_oat_…'.*scope: 'read write'/s);
    assert.deepEqual(JSON.parse(JSON.stringify(tokens)), { ...tokens });
    assert.ok(JSON.stringify(tokens).includes(tokens.refreshToken));

    const craft = new CraftClient({ auth: oauth });
    assert.equal((await craft.me.get()).id, alice.id);
    assert.deepEqual((await craft.auth.get()).scopes, ["read", "write"]);

    await oauth.renew(tokens.accessToken);
    assert.equal((await craft.me.get()).id, alice.id);
    assert.notEqual(store.saved[1].refreshToken, tokens.refreshToken);

    const { accessToken } = store.saved[1];
    await oauth.revoke();
    assert.equal(store.saved[2], null);
    await assert.rejects(craft.me.get(), { name: "OAuthError", code: "no_tokens" });
    await assert.rejects(new CraftClient({ accessToken }).me.get(), UnauthorizedError);
    await oauth.revoke();
    assert.equal(store.saved.length, 3);
  });
}

test("a callback is taken as an address, or as the path and query of one", async () => {
  const oauth = new CraftOAuth(app);
  const { url: link, kept } = await oauth.authorizeUrl();
  const { pathname, search } = new URL(await answer(link, alice.email, "allow"));
  assert.equal((await oauth.callback(`${pathname}${search}`, JSON.parse(JSON.stringify(kept)))).scope, "read");
});

test("a callback that does not answer our request is refused before its code is used", async () => {
  const { fetch, calls } = watched();
  const oauth = new CraftOAuth({ ...app, fetch });
  const { url: link, kept } = await oauth.authorizeUrl({ scope: "read" });
  const good = new URL(await answer(link, alice.email, "allow"));
  const changed = (name, ...values) => {
    const other = new URL(good);
    other.searchParams.delete(name);
    for (const value of values) other.searchParams.append(name, value);
    return other;
  };
  const refused = async (callback, code, expected = kept) =>
    assert.rejects(oauth.callback(callback, expected), (error) => error instanceof OAuthError && error.code === code);

  await refused(changed("state", "another"), "state_mismatch");
  await refused(changed("state"), "state_mismatch");
  await refused(changed("state", ""), "state_mismatch", { ...kept, state: "" });
  await refused(changed("iss", "https://evil.example"), "issuer_mismatch");
  await refused(changed("iss"), "issuer_mismatch");
  await refused(changed("code", "one", "two"), "invalid_callback");
  await refused(changed("code"), "invalid_callback");
  assert.deepEqual(calls, []);
  assert.equal((await oauth.callback(good, kept)).scope, "read");
});

test("a callback without what its request kept is state_mismatch", async () => {
  const oauth = new CraftOAuth(app);
  const callback = `${redirectUri}?code=x&state=undefined&iss=${url}`;
  for (const lost of [undefined, null, {}, { state: "" }]) {
    await assert.rejects(oauth.callback(callback, lost), { name: "OAuthError", code: "state_mismatch", message: /session/ });
  }
  await assert.rejects(oauth.callback("http://", { state: "x" }), { name: "OAuthError", code: "invalid_callback" });
});

test("a person who says no is OAuthError access_denied", async () => {
  const oauth = new CraftOAuth(app);
  const { url: link, kept } = await oauth.authorizeUrl({ scope: "read write delete" });
  const callback = await answer(link, people.bob.email, "deny");
  await assert.rejects(oauth.callback(callback, kept), { name: "OAuthError", code: "access_denied", status: null });
});

test("a code that is spent, or a wrong verifier or secret, is OAuthError", async () => {
  const oauth = new CraftOAuth(app);
  const { url: link, kept } = await oauth.authorizeUrl();
  const callback = await answer(link, alice.email, "allow");
  await assert.rejects(oauth.callback(callback, { ...kept, codeVerifier: "x".repeat(43) }), { code: "invalid_grant" });
  const spent = await oauth.authorizeUrl();
  const again = await answer(spent.url, alice.email, "allow");
  await oauth.callback(again, spent.kept);
  const error = await oauth.callback(again, spent.kept).catch((thrown) => thrown);
  assert.deepEqual([error.name, error.code, error.status], ["OAuthError", "invalid_grant", 400]);
  assert.match(error.requestId, /^[0-9a-f]{32}$/);

  const liar = new CraftOAuth({ ...app, clientSecret: unknownToken("ocs") });
  const third = await liar.authorizeUrl();
  const code = await answer(third.url, alice.email, "allow");
  await assert.rejects(liar.callback(code, third.kept), { code: "invalid_client", status: 401 });
});

test("a token that expires between two calls is refreshed, and the call repeated", async () => {
  const { fetch, calls } = watched();
  const store = watchedStore();
  const { oauth, tokens } = await signIn(app, people.cara, "read write", store);
  const craft = new CraftClient({ auth: oauth, fetch });
  await craft.me.get();

  await expireTokens(people.cara.email);
  assert.equal((await craft.projects.create({ name: "In spite of it" })).name, "In spite of it");

  assert.deepEqual(calls, ["GET /v1/me 200", "POST /v1/projects 401", "POST /v1/projects 201"]);
  assert.equal(store.saved.length, 2);
  assert.notEqual(store.saved[1].accessToken, tokens.accessToken);
  assert.equal(await countRefreshTokens(people.cara.email), 2);
});

test("a token that is about to expire is refreshed before the call", async () => {
  const { fetch, calls } = watched();
  const { store, tokens } = await signIn(app, people.dora, "read");
  store.save({ ...tokens, expiresAt: new Date(Date.now() + 30_000).toISOString() });
  const craft = new CraftClient({ auth: new CraftOAuth({ ...app, store, fetch }), fetch });
  await craft.me.get();
  await craft.me.get();
  assert.deepEqual(calls, ["POST /v1/oauth/token 200", "GET /v1/me 200", "GET /v1/me 200"]);
});

test("20 calls at once on an expired token make one refresh", async () => {
  const { fetch, calls } = watched();
  const store = watchedStore();
  const { oauth } = await signIn(app, people.emil, "read", store, { fetch });
  const craft = new CraftClient({ auth: oauth, fetch });
  await craft.me.get();
  await expireTokens(people.emil.email);
  calls.length = 0;

  const answers = await Promise.all(Array.from({ length: 20 }, () => craft.me.get()));

  assert.ok(answers.every((me) => me.id === people.emil.id));
  assert.equal(calls.filter((call) => call === "POST /v1/oauth/token 200").length, 1);
  assert.equal(calls.filter((call) => call === "GET /v1/me 200").length, 20);
  assert.equal(calls.filter((call) => call === "GET /v1/me 401").length, 20);
  assert.equal(await countRefreshTokens(people.emil.email), 2);
  assert.equal(store.saved.length, 2);
});

test("20 calls at once on a token that is known to be over make one refresh, and no 401", async () => {
  const { fetch, calls } = watched();
  const { store, tokens } = await signIn(app, people.fay, "read");
  store.save({ ...tokens, expiresAt: "2020-01-01T00:00:00.000Z" });
  const craft = new CraftClient({ auth: new CraftOAuth({ ...app, store, fetch }), fetch });

  await Promise.all(Array.from({ length: 20 }, () => craft.me.get()));

  assert.deepEqual([calls.length, calls[0]], [21, "POST /v1/oauth/token 200"]);
  assert.equal(await countRefreshTokens(people.fay.email), 2);
});

test("two processes that share a store do not spend each other's tokens", async () => {
  const { store } = await signIn(app, people.gus, "read");
  const [one, two] = [1, 2].map(() => new CraftClient({ auth: new CraftOAuth({ ...app, store }) }));
  await Promise.all([one.me.get(), two.me.get()]);
  await expireTokens(people.gus.email);
  await one.me.get();
  await two.me.get();
  assert.equal(await countRefreshTokens(people.gus.email), 2);

  await expireTokens(people.gus.email);
  await Promise.all([one.me.get(), two.me.get()]);
  assert.equal(await countRefreshTokens(people.gus.email), 3);
});

test("a call that is cancelled while it waits for a refresh leaves the refresh to the others", async () => {
  const { store, tokens } = await signIn(app, people.hal, "read");
  store.save({ ...tokens, expiresAt: "2020-01-01T00:00:00.000Z" });
  const craft = new CraftClient({ auth: new CraftOAuth({ ...app, store }) });
  const controller = new AbortController();
  const cancelled = craft.me.get({ signal: controller.signal });
  const other = craft.me.get();
  controller.abort();
  await assert.rejects(cancelled, { name: "AbortError" });
  assert.equal((await other).id, people.hal.id);
});

test("a store that fails is heard of, and what it missed is saved by the next call", async () => {
  const { store, tokens } = await signIn(app, people.ida, "read");
  store.save({ ...tokens, expiresAt: "2020-01-01T00:00:00.000Z" });
  let isFull = true;
  const failing = {
    load: store.load,
    save(newer) {
      if (isFull) throw new Error("the disk is full");
      store.save(newer);
    },
  };
  const craft = new CraftClient({ auth: new CraftOAuth({ ...app, store: failing }) });
  await assert.rejects(craft.me.get(), { message: "the disk is full" });
  isFull = false;
  assert.equal((await craft.me.get()).id, people.ida.id);
  assert.notEqual(store.load().refreshToken, tokens.refreshToken);
  assert.equal(await countRefreshTokens(people.ida.email), 2);
});

test("tokens that the person revoked are OAuthError invalid_grant", async () => {
  const { oauth, tokens } = await signIn(app, people.jim, "read");
  await new CraftClient({ accessToken: tokens.accessToken }).auth.delete();
  await assert.rejects(new CraftClient({ auth: oauth }).me.get(), { name: "OAuthError", code: "invalid_grant" });
});

test("an upload from a stream is not repeated, but the next one goes", async () => {
  const { oauth } = await signIn(app, people.kim, "read write");
  const craft = new CraftClient({ auth: oauth });
  const { id } = await craft.projects.create({ name: "Streams" });
  await expireTokens(people.kim.email);
  const upload = () => craft.files.upload(id, "a", new Blob(["abc"]).stream(), { size: 3 });
  await assert.rejects(upload(), { name: "UnauthorizedError", description: "The access token has expired." });
  await craft.me.get();
  assert.equal((await upload()).size, 3);
});

test("a call is repeated once: a second 401 is final", async () => {
  const { fetch, calls } = watched();
  const auth = { token: async () => unknownToken("oat"), renew: async () => unknownToken("oat") };
  await assert.rejects(new CraftClient({ auth, fetch }).me.get(), UnauthorizedError);
  assert.deepEqual(calls, ["GET /v1/me 401", "GET /v1/me 401"]);
});

test("without tokens a call says what to do", async () => {
  const craft = new CraftClient({ auth: new CraftOAuth(app) });
  await assert.rejects(craft.me.get(), /send the person to authorizeUrl/);
});

test("tokens are in no inspection, JSON or error", async () => {
  const tokens = {
    accessToken: unknownToken("oat"),
    refreshToken: unknownToken("ort"),
    expiresAt: "2099-01-01T00:00:00.000Z",
    scope: "read",
  };
  const store = { load: () => tokens, save() {} };
  const oauth = new CraftOAuth({ ...app, store });
  const craft = new CraftClient({ auth: oauth });
  const error = await craft.me.get().catch((thrown) => thrown);
  assert.equal(error.code, "invalid_grant");
  const shown = [oauth, craft, error].map((each) => inspect(each, { depth: 9, showHidden: true }) + JSON.stringify(each));
  for (const secret of [tokens.accessToken, tokens.refreshToken, app.clientSecret]) {
    assert.ok(!shown.join().includes(secret));
  }
});

test("another baseUrl without webUrl is refused, since the issuer is not known", (t) => {
  const { CRAFT_WEB_URL } = process.env;
  delete process.env.CRAFT_WEB_URL;
  t.after(() => (process.env.CRAFT_WEB_URL = CRAFT_WEB_URL));
  assert.throws(() => new CraftOAuth(app), ConfigurationError);
  assert.throws(() => new CraftOAuth({ ...app, clientId: "", webUrl: url }), /clientId is missing/);
  assert.throws(() => new CraftOAuth({ ...app, redirectUri: "/callback", webUrl: url }), /redirectUri/);
  assert.ok(new CraftOAuth({ ...app, webUrl: `${url}/` }));
});
