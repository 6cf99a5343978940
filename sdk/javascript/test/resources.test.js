import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import { newApp, newPeople, url } from "./helpers/craft.js";
import { signIn } from "./helpers/apps.js";
import { CraftClient, NotFoundError, UnauthorizedError } from "@craft/sdk";

const { alice, bob } = await newPeople(["alice", "bob"]);
const craft = new CraftClient({ apiKey: alice.key });

/** A client of an app that may administer this account. */
async function administrator(person) {
  const app = await newApp({ scopes: "read write delete admin" });
  const { tokens } = await signIn(app, person, "read write delete admin");
  return { app, craft: new CraftClient({ accessToken: tokens.accessToken }) };
}

test("me: get and update", async () => {
  assert.deepEqual(await craft.me.get(), { id: alice.id, email: alice.email, name: "alice" });
  assert.deepEqual(await craft.me.update({ name: "Alice Ö. Owner" }), {
    id: alice.id,
    email: alice.email,
    name: "Alice Ö. Owner",
  });
  assert.equal((await craft.me.get()).name, "Alice Ö. Owner");
});

test("auth: get tells what the key is, delete ends it", async () => {
  const bobs = new CraftClient({ apiKey: bob.readOnlyKey });
  const auth = await bobs.auth.get();
  assert.deepEqual([auth.kind, auth.name, auth.scopes, auth.rateLimit], ["api_key", "Read only", ["read"], null]);

  assert.deepEqual(await bobs.auth.delete(), { id: auth.id, deleted: true });
  await assert.rejects(bobs.auth.get(), UnauthorizedError);
});

test("projects: create, get, update, list and delete", async () => {
  const made = await craft.projects.create({ name: "Storefront", settings: { theme: "dark" }, template: "shop" });
  assert.match(made.id, /^proj_/);
  assert.deepEqual([made.name, made.status, made.settings], ["Storefront", "active", { theme: "dark" }]);
  assert.deepEqual(await craft.projects.get(made.id), made);

  const changed = await craft.projects.update(made.id, { status: "archived", template: null });
  assert.deepEqual([changed.status, changed.template, changed.name], ["archived", null, "Storefront"]);

  const archived = await craft.projects.list({ status: "archived", sort: "name", order: "asc" });
  assert.deepEqual(archived.map((project) => project.id), [made.id]);

  assert.deepEqual(await craft.projects.delete(made.id), { id: made.id, deleted: true });
  await assert.rejects(craft.projects.get(made.id), NotFoundError);
});

test("files: create, get, update, list and delete", async () => {
  const { id } = await craft.projects.create({ name: "Files" });
  const path = "src/ä ö/100% #1?.txt";

  const made = await craft.files.create(id, { path, content: "Grüße" });
  assert.deepEqual([made.path, made.size, made.contentType], [path, 7, "text/plain; charset=utf-8"]);
  const read = await craft.files.get(id, path);
  assert.deepEqual(read, { ...made, content: "Grüße", encoding: "utf-8" });

  const changed = await craft.files.update(id, path, { content: "AP8=", encoding: "base64" });
  assert.equal(changed.size, 2);
  assert.deepEqual((await craft.files.get(id, path)).encoding, "base64");

  const again = { ifMatch: `"${changed.sha256}"` };
  assert.equal((await craft.files.update(id, path, { content: "third", path }, again)).size, 5);
  assert.deepEqual((await craft.files.list(id, { sort: "path" })).map((file) => file.path), [path]);

  assert.deepEqual(await craft.files.delete(id, path), { id: path, deleted: true });
  assert.equal((await craft.files.list(id)).total, 0);
});

test("deployments: create, get, list and delete", async () => {
  const { id } = await craft.projects.create({ name: "Published" });
  await craft.files.create(id, { path: "index.html", content: "<h1>Hello</h1>" });

  const made = await craft.deployments.create(id);
  assert.deepEqual([made.status, made.files], ["ready", 1]);
  assert.deepEqual(await craft.deployments.get(id, made.id), made);
  assert.deepEqual([...(await craft.deployments.list(id))], [made]);
  assert.equal((await craft.projects.get(id)).previewUrl, made.url);

  assert.deepEqual(await craft.deployments.delete(id, made.id), { id: made.id, deleted: true });
  await assert.rejects(craft.deployments.get(id, made.id), NotFoundError);
});

test("apiKeys, connectedApps and activity: an app with admin does it all", async () => {
  const { cara } = await newPeople(["cara"]);
  const { app, craft: admin } = await administrator(cara);
  const expiresAt = "2099-01-02T03:04:05.000Z";

  const made = await admin.apiKeys.create({ name: "From an app", permission: "read-write", expiresAt });
  assert.deepEqual([made.permission, made.state, made.expiresAt], ["read-write", "active", expiresAt]);
  assert.equal((await new CraftClient({ apiKey: made.key }).me.get()).id, cara.id);

  const { key, ...shown } = made;
  assert.ok(!inspect(made).includes(key) && inspect(made).includes("craft_key_…"));
  assert.ok(JSON.stringify(made).includes(key));
  assert.ok(key.startsWith(`craft_key_${shown.publicId}_`));
  const read = await admin.apiKeys.get(shown.publicId);
  assert.deepEqual({ ...read, lastUsedAt: null, lastUsedFrom: null }, shown);
  assert.equal((await admin.apiKeys.update(made.id, { name: "Renamed", permission: "read-only" })).name, "Renamed");
  assert.deepEqual(
    (await admin.apiKeys.list({ sort: "name", order: "asc" })).map((each) => each.name),
    ["Read and write", "Read only", "Renamed"],
  );
  assert.deepEqual(await admin.apiKeys.delete(made.id), { id: made.id, deleted: true });
  assert.deepEqual((await admin.apiKeys.list({ state: "deleted" })).map((each) => each.id), [made.id]);

  const events = (await admin.activity.list({ event: "key_created", limit: 100 })).map((line) => line.credential);
  assert.ok(events.includes(made.id), events);

  const apps = await admin.connectedApps.list();
  assert.deepEqual(apps.map((each) => [each.id, each.scopes]), [[app.clientId, ["read", "write", "delete", "admin"]]]);
  assert.deepEqual(await admin.connectedApps.delete(apps[0].id), { id: apps[0].id, deleted: true });
  await assert.rejects(admin.me.get(), UnauthorizedError);
});

test("request reaches what has no method", async () => {
  const me = await craft.request("get", "/me");
  assert.equal(me.id, alice.id);
  const made = await craft.request("POST", "projects", { body: { name: "By hand" } });
  assert.equal((await craft.request("GET", `/projects/${made.id}`)).name, "By hand");
  const found = await craft.request("GET", "/projects", { query: { limit: 1, status: undefined } });
  assert.equal(found.length, 1);
});

test("what JSON cannot hold is told before a request is sent", async () => {
  const circular = {};
  circular.self = circular;
  const watched = new CraftClient({ apiKey: alice.key, fetch: () => assert.fail("a request was sent") });
  for (const settings of [circular, { count: 1n }]) {
    const sent = [
      () => watched.projects.create({ name: "x", settings }),
      () => watched.me.update({ name: settings }),
      () => watched.request("POST", "/projects", { body: { settings } }),
    ];
    for (const send of sent) {
      await assert.rejects(send(), { name: "InvalidRequestError", status: null, message: /body: This cannot be JSON/ });
    }
  }
});

test("request refuses a path that is not below /v1", async () => {
  const watched = new CraftClient({ apiKey: alice.key, fetch: () => assert.fail("a request was sent") });
  const wrong = {
    "goes without /v1": ["/v1/me", "v1/me", "/v1", "/v1?a=b"],
    "must not have . or ..": ["/../x", "..", "/a/./b", "/%2e%2e/x", "/.%2E/x", "/a/%2e?x"],
    "must not have backslashes or control characters": ["/..\\x", "/a\tb", "/.\n./x"],
    "must be a string": [undefined, 7],
  };
  for (const [message, paths] of Object.entries(wrong)) {
    for (const path of paths) {
      const named = { name: "InvalidRequestError", message: new RegExp(message.replaceAll(".", "\\.")) };
      await assert.rejects(watched.request("GET", path), named, String(path));
    }
  }
  assert.equal((await craft.request("GET", "/projects?limit=1")).length, 1);
});

test("a file's path is told where its slash is wrong", async () => {
  const reasons = { "/abs.txt": /begins with a slash/, "a//b": /double slash/, "a/": /ends with a slash/, "": /not empty/ };
  for (const [path, message] of Object.entries(reasons)) {
    await assert.rejects(craft.files.get("proj_x", path), { code: "INVALID_REQUEST", status: null, message });
  }
});

test("ids and paths stay where they belong in the address", async () => {
  const seen = [];
  const fetch = (address, init) => {
    seen.push(address.slice(`${url}/v1`.length));
    return globalThis.fetch(address, init);
  };
  const watched = new CraftClient({ apiKey: alice.key, fetch });
  await assert.rejects(watched.projects.get("a/../b?c#d"), NotFoundError);
  assert.deepEqual(seen, ["/projects/a%2F..%2Fb%3Fc%23d"]);
  for (const id of ["", ".", "..", undefined, 7, "\ud800"]) {
    await assert.rejects(watched.projects.delete(id), { code: "INVALID_REQUEST", status: null });
    await assert.rejects(watched.projects.list().then(() => watched.files.list(id)), { code: "INVALID_REQUEST" });
  }
  for (const path of ["", "..", "a/../b", "a//b", "/a", "a/."]) {
    await assert.rejects(watched.files.delete("proj_x", path), { code: "INVALID_REQUEST", status: null });
  }
  assert.ok(seen.slice(1).every((path) => path === "/projects"), seen);
});
