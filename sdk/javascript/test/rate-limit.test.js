// A limit of six calls a minute (plan `free` of the test's server) that really passes, its last seconds at least.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { endMinute, newPeople } from "./helpers/craft.js";
import { CraftClient, RateLimitError } from "@craft/sdk";

const LIMIT = 6;
const CAST = ["alice", "bob", "cara"];
const { alice, bob, cara } = await newPeople(CAST, { alice: "free", bob: "free", cara: "free" });

/** A client and the statuses of the answers it got. */
function watched(person, options) {
  const statuses = [];
  const fetch = async (address, init) => {
    const response = await globalThis.fetch(address, init);
    statuses.push(response.status);
    return response;
  };
  return { craft: new CraftClient({ apiKey: person.key, fetch, ...options }), statuses };
}

async function useUp(craft) {
  for (let call = 0; call < LIMIT; call++) await craft.me.get();
}

describe("once the minute is over", { concurrency: true }, () => {
  test("a call that comes too often waits as long as it is told, and succeeds", async () => {
    const { craft, statuses } = watched(alice, { maxRetryWait: 65_000 });
    await useUp(craft);
    await endMinute(alice.email);

    assert.equal((await craft.me.get()).email, alice.email);

    assert.equal(statuses.includes(429), true);
    assert.equal(statuses.at(-1), 200);
  });

  test("a refused call did nothing, so whatever its method it is made again", async () => {
    const { craft, statuses } = watched(bob, { maxRetryWait: 65_000 });
    await useUp(craft);
    await endMinute(bob.email);

    const made = await craft.projects.create({ name: "After a wait" });

    assert.deepEqual([made.name, (await craft.projects.list()).total], ["After a wait", 1]);
    assert.ok(statuses.includes(429));
  });
});

test("the wait is cancelled with the call", async () => {
  const { craft, statuses } = watched(cara, { maxRetryWait: 65_000 });
  await useUp(craft);
  const controller = new AbortController();
  const waiting = craft.me.get({ signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 300);

  await assert.rejects(waiting, { message: "enough" });

  assert.deepEqual(statuses.slice(LIMIT), [429]);
});

test("a longer wait than allowed is an error at once, and so is one retry too many", async () => {
  for (const options of [{ maxRetryWait: 1 }, { maxRetries: 0 }]) {
    const { craft, statuses } = watched(cara, options);
    await assert.rejects(craft.me.get(), RateLimitError);
    assert.deepEqual(statuses, [429]);
  }
});
