import assert from "node:assert/strict";
import { test } from "node:test";

import { ask, newPeople } from "./helpers/craft.js";
import { proxy } from "./helpers/proxy.js";
import { CraftClient, ForbiddenError, InvalidRequestError, Page } from "@craft/sdk";

const { alice, bob } = await newPeople(["alice", "bob"]);
const SEED = "from django.core.management import call_command\ncall_command('seed', given, projects='250')\nanswer = 0";
await ask(`import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()):\n    exec(${JSON.stringify(SEED)})`, alice.email);

/** A client and the queries of the calls it makes. */
function watched() {
  const queries = [];
  const fetch = (address, init) => {
    queries.push(new URL(address).search);
    return globalThis.fetch(address, init);
  };
  return { craft: new CraftClient({ apiKey: alice.key, fetch }), queries };
}

async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

test("the first page is an array with total and pagination", async () => {
  const { craft, queries } = watched();
  const projects = await craft.projects.list();

  assert.ok(Array.isArray(projects) && projects instanceof Page);
  assert.deepEqual([projects.length, projects.total, projects[19].id.slice(0, 5)], [20, 250, "proj_"]);
  assert.deepEqual(projects.pagination, { page: 1, limit: 20, total: 250, totalPages: 13, hasMore: true });
  assert.deepEqual([...projects].length, 20);
  assert.equal(JSON.parse(JSON.stringify(projects)).length, 20);
  assert.deepEqual(Object.keys(projects).length, 20);
  assert.deepEqual(queries, [""]);
});

test("map, filter and slice give plain arrays of the page", async () => {
  const projects = await watched().craft.projects.list();
  for (const made of [projects.map((project) => project.id), projects.filter(Boolean), projects.slice(1)]) {
    assert.equal(made.constructor, Array);
  }
});

test("for await over a page goes through all 250, each page when it is needed", async () => {
  const { craft, queries } = watched();
  const projects = await craft.projects.list({ limit: 100, sort: "name", order: "asc" });
  const names = [];
  for await (const project of projects) {
    names.push(project.name);
    assert.equal(queries.length, Math.ceil(names.length / 100));
  }
  assert.equal(new Set(names).size, 250);
  assert.deepEqual(queries[2], "?limit=100&sort=name&order=asc&page=3");
  assert.equal((await collect(projects)).length, 250);
});

test("for await over the call itself does the same", async () => {
  const { craft, queries } = watched();
  const ids = (await collect(craft.projects.list())).map((project) => project.id);
  assert.equal(new Set(ids).size, 250);
  assert.equal(queries.length, 13);
});

test("who stops early fetches no more", async () => {
  const { craft, queries } = watched();
  for await (const project of craft.projects.list({ limit: 10 })) {
    assert.ok(project.id);
    break;
  }
  assert.equal(queries.length, 1);
});

test("it begins at the page that is asked for", async () => {
  const { craft } = watched();
  const projects = await craft.projects.list({ page: 3, limit: 100 });
  assert.deepEqual([projects.length, projects.pagination.hasMore], [50, false]);
  assert.equal((await collect(craft.projects.list({ page: 2, limit: 100 }))).length, 150);
});

test("a filter goes along to every page", async () => {
  const { craft, queries } = watched();
  const archived = await collect(craft.projects.list({ status: "archived", limit: 10 }));
  assert.ok(archived.length > 10 && archived.every((project) => project.status === "archived"));
  assert.ok(queries.every((query) => query.includes("status=archived")));
});

test("an empty list is an empty page", async () => {
  const projects = await new CraftClient({ apiKey: bob.key }).projects.list();
  assert.deepEqual([projects.length, projects.total, projects.pagination.totalPages], [0, 0, 0]);
  assert.deepEqual(await collect(projects), []);
});

test("a refused list is refused where it is awaited or iterated", async () => {
  const { craft } = watched();
  await assert.rejects(craft.projects.list({ sort: "colour" }), InvalidRequestError);
  await assert.rejects(collect(craft.activity.list()), ForbiddenError);
  await assert.rejects(craft.files.list(""), InvalidRequestError);
});

test("a page without items is the last, whatever the server says", async (t) => {
  const { url: address, calls } = await proxy(t, (_, outgoing, number) => {
    const data = number === 1 ? [{ id: "proj_1" }] : [];
    const pagination = { page: number, limit: 1, total: 9, totalPages: 9, hasMore: true };
    outgoing.writeHead(200, { "Content-Type": "application/json" });
    outgoing.end(JSON.stringify({ success: calls.length < 5, data, pagination }));
  });
  const away = new CraftClient({ apiKey: alice.key, baseUrl: address });
  assert.equal((await collect(away.projects.list())).length, 1);
  assert.equal(calls.length, 2);
  assert.deepEqual(await collect(away.projects.list()), []);
  assert.equal(calls.length, 3);
});

test("a page that fails half-way fails there", async () => {
  let calls = 0;
  const fetch = (address, init) => {
    if (++calls === 2) init.headers.Authorization = "Bearer no token";
    return globalThis.fetch(address, init);
  };
  const seen = [];
  await assert.rejects(
    async () => {
      for await (const project of new CraftClient({ apiKey: alice.key, fetch }).projects.list()) seen.push(project);
    },
    { name: "UnauthorizedError" },
  );
  assert.equal(seen.length, 20);
});
