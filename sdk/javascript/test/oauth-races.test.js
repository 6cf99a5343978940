// What happens to a person's tokens at the same time, at the real server.

import assert from "node:assert/strict";
import { test } from "node:test";

import { signIn } from "./helpers/apps.js";
import { newApp, newPeople } from "./helpers/craft.js";
import { answer } from "./helpers/person.js";
import { CraftClient, CraftOAuth, UnauthorizedError } from "@craft/sdk";

const people = await newPeople(["alice", "bob", "cara", "dora", "emil", "fay", "gus", "hal"]);
const app = await newApp();
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const OVER = "2020-01-01T00:00:00.000Z";

/** A fetch whose answers come late where `isLate` says so of the form that was sent. */
function late(isLate) {
  return async (address, init) => {
    const response = await fetch(address, init);
    if (isLate(new URLSearchParams(init.body), new URL(address).pathname)) await sleep(400);
    return response;
  };
}

const isRefresh = (form) => form.get("grant_type") === "refresh_token";
const idOf = async (accessToken) => (await new CraftClient({ accessToken }).me.get()).id;

test("a refresh that is on its way does not overwrite a callback's tokens", async () => {
  const { store, tokens } = await signIn(app, people.alice, "read");
  store.save({ ...tokens, expiresAt: OVER });
  const oauth = new CraftOAuth({ ...app, store, fetch: late(isRefresh) });
  const { url, kept } = await oauth.authorizeUrl();
  const callback = await answer(url, people.bob.email, "allow");

  const refresh = oauth.token();
  await sleep(20);
  const newer = await oauth.callback(callback, kept);
  await refresh;

  assert.deepEqual(store.load(), newer);
  assert.equal(await idOf(await oauth.token()), people.bob.id);
});

test("a store that is slow to load does not overwrite a callback's tokens", async () => {
  const { store } = await signIn(app, people.alice, "read");
  const slow = {
    save: store.save,
    async load() {
      const loaded = store.load();
      await sleep(1000);
      return loaded;
    },
  };
  const oauth = new CraftOAuth({ ...app, store: slow });
  const { url, kept } = await oauth.authorizeUrl();
  const callback = await answer(url, people.bob.email, "allow");

  const loading = oauth.token();
  const newer = await oauth.callback(callback, kept);
  await loading;

  assert.equal(await oauth.token(), newer.accessToken);
  assert.deepEqual(store.load(), newer);
});

test("a renewal that begins during a revocation brings no tokens back", async () => {
  const { store, tokens } = await signIn(app, people.cara, "read");
  const isRevocation = (_, path) => path.endsWith("/revoke");
  const oauth = new CraftOAuth({ ...app, store, fetch: late(isRevocation) });
  await oauth.token();

  const revocation = oauth.revoke();
  const renewal = oauth.renew(tokens.accessToken).catch((error) => error.code);
  await revocation;

  assert.equal(await renewal, "no_tokens");
  assert.equal(store.load(), null);
  await assert.rejects(oauth.token(), { code: "no_tokens" });
});

test("a revocation that begins during a refresh revokes what the refresh brought", async () => {
  const { store, tokens } = await signIn(app, people.dora, "read");
  store.save({ ...tokens, expiresAt: OVER });
  const oauth = new CraftOAuth({ ...app, store, fetch: late(isRefresh) });

  const refresh = oauth.token();
  await sleep(20);
  await oauth.revoke();

  await assert.rejects(new CraftClient({ accessToken: await refresh }).me.get(), UnauthorizedError);
  assert.equal(store.load(), null);
});

test("a revocation that is cancelled while it waits revokes nothing", async () => {
  const { store, tokens } = await signIn(app, people.emil, "read");
  store.save({ ...tokens, expiresAt: OVER });
  const oauth = new CraftOAuth({ ...app, store, fetch: late(isRefresh) });
  const controller = new AbortController();

  const refresh = oauth.token();
  await sleep(20);
  const revocation = oauth.revoke({ signal: controller.signal });
  controller.abort();
  await assert.rejects(revocation, { name: "AbortError" });

  assert.equal(await idOf(await refresh), people.emil.id);
  assert.equal(await oauth.token(), await refresh);
});

test("a revocation ends what another process saved, and what this one remembers", async () => {
  const { store, tokens } = await signIn(app, people.fay, "read");
  const oauth = new CraftOAuth({ ...app, store });
  await oauth.token();
  const other = await signIn(app, people.gus, "read", store);

  await oauth.revoke();

  assert.equal(store.load(), null);
  for (const { accessToken } of [tokens, other.tokens]) {
    await assert.rejects(new CraftClient({ accessToken }).me.get(), UnauthorizedError);
  }
});

test("what another process saved is taken, although its clock is behind", async () => {
  const { store, tokens } = await signIn(app, people.hal, "read");
  const sent = [];
  const watched = (address, init) => {
    sent.push(new URLSearchParams(init.body).get("refresh_token"));
    return fetch(address, init);
  };
  const oauth = new CraftOAuth({ ...app, store, fetch: watched });
  await oauth.token();
  await new CraftOAuth({ ...app, store }).renew(tokens.accessToken);
  const newer = { ...store.load(), expiresAt: new Date(Date.parse(tokens.expiresAt) - 10_000).toISOString() };
  store.save(newer);

  assert.equal(await oauth.renew(tokens.accessToken), newer.accessToken);
  assert.deepEqual(sent, []);

  store.save({ ...newer, expiresAt: OVER });
  const last = await oauth.renew(newer.accessToken);
  assert.deepEqual(sent, [newer.refreshToken]);

  store.save(newer); // a store that is behind
  await oauth.renew(last);
  assert.ok(!sent.slice(1).includes(newer.refreshToken));
});
