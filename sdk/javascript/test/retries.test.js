// Proxies that lose calls or answer instead of the server.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newPeople, url } from "./helpers/craft.js";
import { htmlError, proxy } from "./helpers/proxy.js";
import { APIConnectionError, CraftClient, APITimeoutError, UnexpectedAnswerError } from "@craft/sdk";

const { alice } = await newPeople(["alice"]);
const clientOf = (address, options) => new CraftClient({ apiKey: alice.key, baseUrl: address, ...options });

for (const status of [502, 503, 504]) {
  test(`a read that a proxy answered ${status} is made again`, async (t) => {
    const { url: address, calls } = await proxy(t, (_, outgoing, number) =>
      number <= 2 ? htmlError(outgoing, status) : "pass",
    );
    assert.equal((await clientOf(address).me.get()).id, alice.id);
    assert.equal(calls.length, 3);
  });

  test(`a change that a proxy answered ${status} is made again if that does no harm`, async (t) => {
    const { url: address, calls } = await proxy(t, (_, outgoing) => htmlError(outgoing, status));
    const craft = clientOf(address, { maxRetries: 1 });
    for (const change of [
      () => craft.projects.create({ name: "x" }),
      () => craft.projects.update("proj_x", { name: "x" }),
      () => craft.files.upload("proj_x", "x", "x"),
      () => craft.files.upload("proj_x", "x", "x", { ifMatch: "x" }), // which the first may have changed
      () => craft.projects.delete("proj_x"),
      () => craft.auth.delete(), // which the first may have ended
    ]) {
      await assert.rejects(change(), UnexpectedAnswerError);
    }
    const methods = ["POST", "PATCH", "PUT", "PUT", "PUT", "DELETE", "DELETE", "DELETE"];
    assert.deepEqual(calls.map((call) => call.split(" ")[0]), methods);
  });
}

test("a read whose connection broke is made again", async (t) => {
  const { url: address, calls } = await proxy(t, (incoming, _, number) =>
    number <= 2 ? incoming.socket.destroy() : "pass",
  );
  assert.equal((await clientOf(address).projects.list()).total, 0);
  assert.equal(calls.length, 3);
});

test("a read whose answer broke off half-way is made again", async (t) => {
  const { url: address, calls } = await proxy(t, (_, outgoing, number) => {
    if (number > 1) return "pass";
    outgoing.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
    outgoing.write('{"success": true, ');
    setTimeout(() => outgoing.destroy(), 20);
  });
  assert.equal((await clientOf(address).me.get()).id, alice.id);
  assert.equal(calls.length, 2);
});

test("a read that had no answer in time is made again, a change is not", async (t) => {
  const { url: address, calls } = await proxy(t, (incoming, _, number) =>
    incoming.method === "GET" && number > 1 ? "pass" : "silence",
  );
  const craft = clientOf(address, { timeout: 1_000 });
  assert.equal((await craft.me.get()).id, alice.id);
  assert.equal(calls.length, 2);
  const error = await craft.projects.create({ name: "x" }).catch((thrown) => thrown);
  assert.ok(error instanceof APITimeoutError && error instanceof APIConnectionError);
  assert.deepEqual([error.name, error.code, calls.length], ["APITimeoutError", "TIMEOUT", 3]);
});

test("a signal's own timeout is the caller's, and nothing is made again", async (t) => {
  const { url: address, calls } = await proxy(t, () => "silence");
  await assert.rejects(clientOf(address).me.get({ signal: AbortSignal.timeout(200) }), (thrown) => {
    return thrown.name === "TimeoutError" && !(thrown instanceof APITimeoutError);
  });
  assert.equal(calls.length, 1);
});

test("a PUT and a DELETE whose connection broke are made again", async (t) => {
  const { id } = await clientOf(url).projects.create({ name: "Lost calls" });
  const { url: address, calls } = await proxy(t, (incoming, _, number) =>
    number % 2 ? incoming.socket.destroy() : "pass",
  );
  const { files } = clientOf(address);
  assert.equal((await files.upload(id, "lost.bin", "lost")).size, 4);
  assert.equal((await files.delete(id, "lost.bin")).deleted, true);
  assert.equal(calls.length, 4);
});

test("a change whose connection broke is not made again", async (t) => {
  const { url: address, calls } = await proxy(t, (incoming) => incoming.socket.destroy());
  await assert.rejects(clientOf(address).projects.create({ name: "x" }), APIConnectionError);
  assert.equal(calls.length, 1);
});

test("a proxy's 429 and its Retry-After are honoured", async (t) => {
  const { url: address, calls } = await proxy(t, (_, outgoing, number) =>
    number === 1 ? htmlError(outgoing, 429, { "Retry-After": "1" }) : "pass",
  );
  assert.equal((await clientOf(address).projects.create({ name: "Twice asked, once made" })).status, "active");
  assert.equal(calls.length, 2);
});

test("a Retry-After that is a date, or longer than allowed, is understood", async (t) => {
  const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
  const { url: address, calls } = await proxy(t, (_, outgoing) =>
    htmlError(outgoing, 503, { "Retry-After": inAnHour }),
  );
  const error = await clientOf(address).me.get().catch((thrown) => thrown);
  assert.ok(error.retryAfter > 3500 && error.retryAfter <= 3600);
  assert.equal(calls.length, 1);
});

test("maxRetries bounds the tries, of the client and of one call", async (t) => {
  const { url: address, calls } = await proxy(t, (_, outgoing) => htmlError(outgoing, 502));
  await assert.rejects(clientOf(address, { maxRetries: 1 }).me.get(), { status: 502 });
  assert.equal(calls.length, 2);
  await assert.rejects(clientOf(address).me.get({ maxRetries: 0 }), { status: 502 });
  assert.equal(calls.length, 3);
});

test("a refusal by the API itself is final", async (t) => {
  const { url: address, calls } = await proxy(t, () => "pass");
  await assert.rejects(clientOf(address).projects.get("proj_0"), { status: 404 });
  assert.equal(calls.length, 1);
});

test("a call that is cancelled rejects with the signal's reason", async (t) => {
  const reason = new Error("changed my mind");
  const controller = new AbortController();
  const { url: address, calls } = await proxy(t, () => controller.abort(reason));
  const waiting = clientOf(address).projects.list({}, { signal: controller.signal });
  await assert.rejects(waiting, (thrown) => thrown === reason);
  assert.equal(calls.length, 1);
});

test("a call that is cancelled beforehand is not made", async (t) => {
  const { url: address, calls } = await proxy(t, () => "pass");
  const craft = clientOf(address);
  const signal = AbortSignal.abort();
  for (const call of [craft.me.get({ signal }), craft.projects.list({}, { signal }), craft.files.download("p", "f", { signal })]) {
    await assert.rejects(call, { name: "AbortError" });
  }
  assert.equal(calls.length, 0);
});

test("the wait before another try is cancelled too", async (t) => {
  const controller = new AbortController();
  const { url: address, calls } = await proxy(t, (_, outgoing) => {
    htmlError(outgoing, 503, { "Retry-After": "50" });
    setTimeout(() => controller.abort(), 200);
  });
  await assert.rejects(clientOf(address).me.get({ signal: controller.signal }), { name: "AbortError" });
  assert.equal(calls.length, 1);
});

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

test("no timer outlives its call, so a program ends when its work is done", async (t) => {
  const before = timers();
  const controller = new AbortController();
  const { url: address } = await proxy(t, (incoming, outgoing) => {
    if (incoming.method === "PUT") return htmlError(outgoing, 413); // while the body is on its way
    htmlError(outgoing, 503, { "Retry-After": "50" });
    setImmediate(() => setImmediate(() => controller.abort()));
  });
  const craft = clientOf(address);
  await assert.rejects(craft.me.get({ signal: controller.signal }), { name: "AbortError" });
  await assert.rejects(craft.files.upload("proj_x", "x", new Uint8Array(5_000_000)), { status: 413 });
  await clientOf(url).me.get();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(timers(), before);
});

test("a finished call leaves nothing on its signal", async () => {
  const { signal } = new AbortController();
  const counts = { addEventListener: 0, removeEventListener: 0 };
  for (const name of Object.keys(counts)) {
    const original = signal[name].bind(signal);
    signal[name] = (...given) => {
      // fetch's own listeners are on a signal of ours
      counts[name] += 1;
      return original(...given);
    };
  }
  await clientOf(url).me.get({ signal });
  assert.equal(counts.addEventListener, counts.removeEventListener);
  assert.ok(counts.addEventListener > 0);
});

test("clients that are told to wait for the same second wait differently long", async (t) => {
  const waits = [];
  const { setTimeout: original } = globalThis;
  t.after(() => Object.assign(globalThis, { setTimeout: original }));
  globalThis.setTimeout = (wake, milliseconds, ...given) => {
    if (milliseconds >= 1_000 && milliseconds <= 1_500) waits.push(milliseconds);
    return original(wake, milliseconds, ...given);
  };
  const { url: address, calls } = await proxy(t, (_, outgoing, number) =>
    number <= 20 ? htmlError(outgoing, 503, { "Retry-After": "1" }) : "pass",
  );
  await Promise.all(Array.from({ length: 20 }, () => clientOf(address, { timeout: 5_000 }).me.get()));
  assert.deepEqual([calls.length, waits.length], [40, 20]);
  assert.ok(new Set(waits).size > 10);
});
