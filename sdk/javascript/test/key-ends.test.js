// onKeyEnds: called back in time, once, and never in the way of a call.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";

import { newApp, newPeople, url } from "./helpers/craft.js";
import { signIn } from "./helpers/apps.js";
import { unknownToken } from "./helpers/tokens.js";
import { CraftClient, NotFoundError } from "@craft/sdk";

const { alice } = await newPeople(["alice"]);
const { tokens } = await signIn(await newApp({ scopes: "read write delete admin" }), alice, "read write delete admin");
const { apiKeys } = new CraftClient({ accessToken: tokens.accessToken });

const inDays = (days) => new Date((Math.trunc(Date.now() / 1000) + days * 86_400) * 1000);

/** A key that ends in a week. */
async function endingKey(t, expiresAt = inDays(7)) {
  const { id, key } = await apiKeys.create({ name: t.name, permission: "read-write", expiresAt: expiresAt.toISOString() });
  t.after(() => apiKeys.delete(id));
  return { id, key, expiresAt };
}

/** What the console was given as errors while the test ran. */
function complaints(t) {
  const { mock } = t.mock.method(console, "error", () => {});
  return () => mock.calls.map((call) => call.arguments.map((each) => each?.message ?? each));
}

test("each end is told once, whatever the answer", async (t) => {
  const { id, key, expiresAt } = await endingKey(t);
  const told = [];
  const craft = new CraftClient({ apiKey: key, onKeyEnds: (endsAt) => told.push(endsAt) });

  await assert.rejects(craft.projects.get("proj_none"), NotFoundError);
  assert.deepEqual(told, [expiresAt]);
  assert.ok(told[0] instanceof Date);
  await Promise.all([craft.me.get(), craft.me.get(), craft.projects.list(), craft.request("GET", "/me")]);
  assert.deepEqual(told, [expiresAt]);

  const sooner = inDays(2);
  await apiKeys.update(id, { expiresAt: sooner.toISOString() });
  await craft.me.get();
  await apiKeys.update(id, { expiresAt: expiresAt.toISOString() });
  await craft.me.get();
  assert.deepEqual(told, [expiresAt, sooner]);
});

test("the end of a secret that is rotated out is told to its holder alone", async (t) => {
  const { id, key } = await endingKey(t, inDays(300));
  const told = [];
  const old = new CraftClient({ apiKey: key, onKeyEnds: (endsAt) => told.push(endsAt) });
  const made = await apiKeys.rotate(id, 3_600);
  await old.me.get();
  assert.deepEqual(told, []);

  const fresh = [];
  await new CraftClient({ apiKey: made.key, onKeyEnds: (endsAt) => fresh.push(endsAt) }).me.get();
  await old.me.get();
  assert.deepEqual(told, [new Date((await apiKeys.get(id)).rotation.endsAt)]);
  assert.deepEqual(fresh, []);
});

test("a download tells too", async (t) => {
  const { key, expiresAt } = await endingKey(t);
  const made = new CraftClient({ apiKey: key });
  const { id } = await made.projects.create({ name: "To be downloaded" });
  await made.files.create(id, { path: "a.txt", content: "content" });
  const told = [];
  const craft = new CraftClient({ apiKey: key, onKeyEnds: (endsAt) => told.push(endsAt) });
  assert.equal(await (await craft.files.download(id, "a.txt")).text(), "content");
  assert.deepEqual(told, [expiresAt]);
});

test("what the callback throws or rejects with goes to the console, and breaks no call", async (t) => {
  const { key } = await endingKey(t);
  const logged = complaints(t);
  const failing = [
    () => {
      throw new Error("thrown");
    },
    async () => {
      throw new Error("rejected");
    },
  ];
  for (const onKeyEnds of failing) {
    const craft = new CraftClient({ apiKey: key, onKeyEnds });
    assert.equal((await craft.me.get()).id, alice.id);
    assert.equal((await craft.me.get()).id, alice.id);
  }
  assert.deepEqual(logged(), [["onKeyEnds failed:", "thrown"], ["onKeyEnds failed:", "rejected"]]);
});

test("no call waits for the callback's promise", async (t) => {
  const { key } = await endingKey(t);
  const craft = new CraftClient({ apiKey: key, onKeyEnds: () => new Promise(() => {}) });
  assert.equal((await craft.me.get()).id, alice.id);
});

test("what is no function is refused", () => {
  for (const onKeyEnds of [null, "warn", {}]) {
    assert.throws(() => new CraftClient({ apiKey: unknownToken(), onKeyEnds }), {
      name: "ConfigurationError",
      message: "onKeyEnds must be a function that takes a Date.",
    });
  }
  assert.ok(new CraftClient({ apiKey: unknownToken(), onKeyEnds: undefined }));
});

test("a header that is no moment is passed over", async (t) => {
  const texts = ["soon", "2026-11-24", "2026-11-24T05:00:00", "", "1", "-5", "2026-13-01T00:00:00Z"];
  const server = createServer((incoming, outgoing) => {
    outgoing.setHeader("Craft-Key-Ends", texts[Number(incoming.url.split("_")[1])]);
    outgoing.end('{"success": true, "data": {"name": "A"}}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const told = [];
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const craft = new CraftClient({ apiKey: unknownToken(), baseUrl, onKeyEnds: (endsAt) => told.push(endsAt) });
  for (const number of texts.keys()) assert.equal((await craft.projects.get(`proj_${number}`)).name, "A");
  assert.deepEqual(told, []);
});

test("a page of another site may read the header", async (t) => {
  const { key } = await endingKey(t);
  const headers = { Authorization: `Bearer ${key}`, Origin: "https://app.example" };
  const response = await fetch(`${url}/v1/me`, { headers });
  assert.match(response.headers.get("Access-Control-Expose-Headers"), /\bCraft-Key-Ends\b/);
  assert.ok(response.headers.get("Craft-Key-Ends"));
});
