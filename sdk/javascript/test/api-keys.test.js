// What is done with a key: rotate, disable, enable, restore, watch.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

import { newApp, newPeople } from "./helpers/craft.js";
import { signIn } from "./helpers/apps.js";
import { htmlError, proxy } from "./helpers/proxy.js";
import {
  ConflictError,
  APIConnectionError,
  CraftClient,
  ForbiddenError,
  InvalidRequestError,
  UnauthorizedError,
  UnexpectedAnswerError,
  VERSION,
} from "@craft/sdk";

const { alice } = await newPeople(["alice"]);
const { tokens } = await signIn(await newApp({ scopes: "read write delete admin" }), alice, "read write delete admin");
const { apiKeys } = new CraftClient({ accessToken: tokens.accessToken });
const RECORDED = 60_000; // milliseconds in which the server has written down a use: much more than it takes

/** A key that the app made. */
async function newKey(t) {
  const made = await apiKeys.create({ name: `To be cared for: ${t.name}`, permission: "read-write" });
  t.after(() => apiKeys.delete(made.id));
  return made;
}

/** Whether a call with this key is let in. */
async function works(apiKey) {
  return new CraftClient({ apiKey }).me.get().then(
    () => true,
    (error) => {
      assert.ok(error instanceof UnauthorizedError, inspect(error));
      return false;
    },
  );
}

/** What is found once the server has written down what was used: it does so every few seconds. */
async function recorded(find) {
  for (const deadline = Date.now() + RECORDED; ; await sleep(200)) {
    const found = await find();
    if (found) return found;
    assert.ok(Date.now() < deadline);
  }
}

test("a key is exchanged while both secrets work", async (t) => {
  const key = await newKey(t);
  const made = await apiKeys.rotate(key.id);

  assert.deepEqual([made.id, made.name, made.state], [key.id, key.name, "active"]);
  assert.ok(made.key.startsWith(`craft_key_${made.publicId}_`) && made.key !== key.key);
  assert.ok(!inspect(made).includes(made.key) && JSON.stringify(made).includes(made.key));
  const { startedAt, ...rotation } = made.rotation;
  assert.deepEqual(rotation, { grace: 86_400, newUsedAt: null, endsAt: null, oldCallers: [] });
  assert.ok(await works(key.key));
  const [late] = await recorded(async () => {
    const { oldCallers } = (await apiKeys.get(key.id)).rotation;
    return oldCallers.length > 0 && oldCallers;
  });
  assert.deepEqual([late.address, late.userAgent], ["127.0.0.1", `craft-sdk-js/${VERSION}`]);
  assert.ok(late.lastSeenAt >= startedAt);

  assert.ok(await works(made.key));
  assert.ok(await works(key.key));
  const { newUsedAt, endsAt } = (await apiKeys.get(key.id)).rotation;
  assert.equal(new Date(endsAt) - new Date(newUsedAt), 86_400_000);
  const finished = await apiKeys.finishRotation(key.id);
  assert.deepEqual([finished.rotation, finished.publicId], [null, made.publicId]);
  assert.deepEqual([await works(made.key), await works(key.key)], [true, false]);
});

test("without a grace the old secret ends at the first use of the new one", async (t) => {
  const key = await newKey(t);
  const made = await apiKeys.rotate(key.id, 0);
  assert.ok(await works(key.key));
  assert.ok(await works(made.key));
  assert.equal(await works(key.key), false);
  assert.equal((await apiKeys.get(key.id)).rotation, null);
});

test("a rotation is cancelled while its secret is unused", async (t) => {
  const key = await newKey(t);
  const unused = await apiKeys.rotate(key.id, 3_600);
  const cancelled = await apiKeys.cancelRotation(key.id);
  assert.deepEqual([cancelled.rotation, cancelled.publicId], [null, key.publicId]);
  assert.deepEqual([await works(key.key), await works(unused.key)], [true, false]);

  const used = await apiKeys.rotate(key.id, 3_600);
  assert.ok(await works(used.key));
  await assert.rejects(apiKeys.cancelRotation(key.id), ConflictError);
  assert.ok(await works(used.key));
});

test("what the state of a key forbids is a conflict", async (t) => {
  const { id } = await newKey(t);
  await assert.rejects(apiKeys.finishRotation(id), ConflictError);
  await assert.rejects(apiKeys.cancelRotation(id), ConflictError);
  await apiKeys.rotate(id);
  await assert.rejects(apiKeys.rotate(id), ConflictError);
  for (const grace of [60, "3600", {}, null]) {
    await assert.rejects(apiKeys.rotate(id, grace), ({ status, details }) => status === 400 && "grace" in details);
  }
});

test("a key is disabled until it is enabled, or for a time", async (t) => {
  const { id, key } = await newKey(t);
  const disabled = await apiKeys.disable(id);
  assert.deepEqual([disabled.state, disabled.disabledUntil], ["disabled", null]);
  await assert.rejects(new CraftClient({ apiKey: key }).me.get(), { name: "UnauthorizedError", message: /disabled/ });
  await assert.rejects(apiKeys.disable(id, { forSeconds: 600 }), ConflictError);
  assert.equal((await apiKeys.enable(id)).state, "active");
  assert.ok(await works(key));

  const before = Date.now();
  const resting = await apiKeys.disable(id, { forSeconds: 600 });
  const seconds = (new Date(resting.disabledUntil) - before) / 1000;
  assert.ok(resting.state === "disabled" && seconds > 599 && seconds < 700, resting.disabledUntil);
  assert.equal(await works(key), false);
  assert.equal((await apiKeys.enable(id)).disabledUntil, null);
  await apiKeys.disable(id, { forSeconds: 1 });
  await recorded(() => works(key));
});

test("a slip in the time of disabling never means for ever", async (t) => {
  const { id, key } = await newKey(t);
  for (const slip of [600, "600", { seconds: 600 }, { forSeconds: 0 }, { forSeconds: "600" }]) {
    await assert.rejects(apiKeys.disable(id, slip), InvalidRequestError, inspect(slip));
  }
  assert.ok(await works(key));
});

test("a deletion is undone, unless the name is taken", async (t) => {
  const { id, key, name } = await newKey(t);
  await apiKeys.delete(id);
  await assert.rejects(apiKeys.enable(id), ConflictError);
  assert.equal(await works(key), false);
  assert.equal((await apiKeys.restore(id)).state, "active");
  assert.ok(await works(key));

  await apiKeys.delete(id);
  const other = await apiKeys.create({ name, permission: "read-only" });
  await assert.rejects(apiKeys.restore(id), ConflictError);
  await apiKeys.delete(other.id);
  await apiKeys.restore(id);
});

test("an app ends a person's key, but gets no secret of it", async () => {
  const [, , publicId] = alice.readOnlyKey.split("_");
  assert.equal((await apiKeys.disable(publicId)).state, "disabled");
  for (const strengthen of ["rotate", "enable", "restore"]) {
    await assert.rejects(apiKeys[strengthen](publicId), ForbiddenError, strengthen);
  }
});

test("usage tells how much a key is used, by whom and for what", async (t) => {
  const { id, key, publicId } = await newKey(t);
  const user = new CraftClient({ apiKey: key });
  await user.me.get();
  const project = await user.projects.create({ name: "Counted" });
  await user.projects.delete(project.id);

  const usage = await recorded(async () => {
    const found = await apiKeys.usage(id);
    return found.recent.length === 3 && found;
  });
  assert.equal(usage.buckets.length, 30);
  const { at, ...day } = usage.buckets.find((bucket) => bucket.ok);
  assert.match(at, /T00:00:00(\.000)?Z$/);
  assert.deepEqual(day, {
    ...{ ok: 3, refused: 0, limited: 0, invalid: 0, failed: 0 },
    ...{ reads: 1, writes: 1, deletes: 1 },
  });
  assert.deepEqual(usage.endpoints.map((each) => each.method).sort(), ["DELETE", "GET", "POST"]);
  assert.ok(usage.endpoints.every((each) => !each.path.includes(project.id)));
  const [{ firstSeenAt, lastSeenAt, ...caller }, ...others] = usage.callers;
  assert.ok(firstSeenAt <= lastSeenAt && others.length === 0);
  assert.deepEqual(caller, { address: "127.0.0.1", userAgent: `craft-sdk-js/${VERSION}`, publicId, requests: 3 });
  assert.deepEqual(usage.recent.map((each) => [each.method, each.status]), [["DELETE", 200], ["POST", 201], ["GET", 200]]);

  const from = new Date(Date.now() - 7_200_000).toISOString();
  const hours = await apiKeys.usage(id, { from, by: "hour" });
  assert.ok(hours.buckets.length >= 3 && hours.buckets.length <= 4);
  assert.equal(hours.buckets.reduce((sum, bucket) => sum + bucket.ok, 0), 3);
  const longAgo = "2020-01-01T00:00:00+00:00";
  assert.deepEqual((await apiKeys.usage(id, { from: longAgo, to: longAgo })).buckets.map(({ ok }) => ok), [0]);
});

test("a time of usage that is none is told", async (t) => {
  const { id } = await newKey(t);
  const now = new Date().toISOString();
  for (const [params, name] of [
    [{ from: now, to: longBefore(1) }, "from"],
    [{ from: longBefore(3650) }, "from"],
    [{ from: "yesterday" }, "from"],
    [{ to: "2026-01-01T00:00:00" }, "to"],
    [{ by: "minute" }, "by"],
    [{ since: now }, "since"],
  ]) {
    await assert.rejects(apiKeys.usage(id, params), ({ status, details }) => status === 400 && name in details, name);
  }
});

const longBefore = (days) => new Date(Date.now() - days * 86_400_000).toISOString();

test("an action whose answer was lost is not made again", async (t) => {
  const { url: baseUrl, calls } = await proxy(t, (incoming, outgoing, number) =>
    number % 2 ? htmlError(outgoing, 503) : incoming.socket.destroy(),
  );
  const behind = new CraftClient({ accessToken: tokens.accessToken, baseUrl }).apiKeys;
  const paths = {
    rotate: "rotate",
    finishRotation: "rotation/finish",
    cancelRotation: "rotation/cancel",
    disable: "disable",
    enable: "enable",
    restore: "restore",
  };
  for (const method of Object.keys(paths)) {
    await assert.rejects(behind[method]("key_once"), UnexpectedAnswerError, method);
    await assert.rejects(behind[method]("key_once"), APIConnectionError, method);
  }
  const expected = Object.values(paths).map((path) => `POST /v1/api-keys/key_once/${path}`);
  assert.deepEqual(calls, expected.flatMap((call) => [call, call]));
});
