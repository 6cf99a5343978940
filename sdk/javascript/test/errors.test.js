// Every class of error, each from a real answer.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { ask, newPeople, storage, url } from "./helpers/craft.js";
import { htmlError, proxy } from "./helpers/proxy.js";
import { unknownToken } from "./helpers/tokens.js";
import * as sdk from "@craft/sdk";

const { CraftClient, CraftError } = sdk;
const { alice, bob, free } = await newPeople(["alice", "bob", "free"], { free: "free" });
const craft = new CraftClient({ apiKey: alice.key, maxRetries: 0 });
const project = await craft.projects.create({ name: "Errors" });

/** What a call is refused with: of this class, with all that the base promises. */
async function refused(promise, name, code, status) {
  const error = await promise.then(
    () => assert.fail("it succeeded"),
    (thrown) => thrown,
  );
  assert.equal(error.constructor, sdk[name], error.stack);
  assert.ok(error instanceof CraftError && error instanceof Error);
  assert.deepEqual([error.name, error.code, error.status], [name, code, status]);
  assert.match(error.stack, new RegExp(`^${name}: `));
  if (status) assert.match(error.requestId, /^[0-9a-f]{32}$/);
  return error;
}

test("400 is InvalidRequestError, whose details name each field", async () => {
  const wrong = craft.projects.create({ name: "", colour: "red" });
  const error = await refused(wrong, "InvalidRequestError", "INVALID_REQUEST", 400);
  assert.match(error.message, /^The request is not valid\. (name|colour): .+; (name|colour): [^\n]+$/);
  assert.deepEqual(Object.keys(error.details).sort(), ["colour", "name"]);
  assert.equal(typeof error.details.name[0], "string");

  const parameter = await refused(craft.projects.list({ limit: 101 }), "InvalidRequestError", "INVALID_REQUEST", 400);
  assert.deepEqual(Object.keys(parameter.details), ["limit"]);
});

test("401 is UnauthorizedError, with what the challenge says", async () => {
  const stranger = new CraftClient({ apiKey: unknownToken() });
  const error = await refused(stranger.me.get(), "UnauthorizedError", "UNAUTHORIZED", 401);
  assert.equal(error.message, `Invalid or missing authentication: ${error.description}`);
  assert.match(error.description, /^The API key /);
});

test("403 is ForbiddenError, with the scope that is missing", async () => {
  const reader = new CraftClient({ apiKey: alice.readOnlyKey });
  const error = await refused(reader.projects.create({ name: "x" }), "ForbiddenError", "FORBIDDEN", 403);
  assert.deepEqual([error.message, error.scope], ["Insufficient permissions: the scope write is missing.", "write"]);

  const stranger = new CraftClient({ apiKey: bob.key });
  const others = await refused(stranger.projects.get(project.id), "ForbiddenError", "FORBIDDEN", 403);
  assert.deepEqual([others.message, others.scope], ["Insufficient permissions", null]);
  await refused(craft.apiKeys.list(), "ForbiddenError", "FORBIDDEN", 403);
});

test("404 is NotFoundError", async () => {
  await refused(craft.projects.get("proj_0"), "NotFoundError", "NOT_FOUND", 404);
  await refused(craft.request("GET", "/nowhere"), "NotFoundError", "NOT_FOUND", 404);
});

test("405 is MethodNotAllowedError", async () => {
  await refused(craft.request("POST", "/me"), "MethodNotAllowedError", "METHOD_NOT_ALLOWED", 405);
});

test("409 is ConflictError", async () => {
  await craft.files.create(project.id, { path: "once.txt", content: "" });
  const again = craft.files.create(project.id, { path: "once.txt", content: "" });
  await refused(again, "ConflictError", "CONFLICT", 409);
});

test("411 is LengthRequiredError: a stream whose size nobody told", async () => {
  for (const content of [new Blob(["abc"]), new Blob([new Uint8Array(5e6)])]) {
    const upload = craft.files.upload(project.id, "stream.bin", content.stream());
    await refused(upload, "LengthRequiredError", "LENGTH_REQUIRED", 411);
  }
});

test("412 is PreconditionFailedError", async () => {
  const { sha256 } = await craft.files.upload(project.id, "version.txt", "first");
  await craft.files.upload(project.id, "version.txt", "second", { ifMatch: `"${sha256}"` });
  const stale = { ifMatch: `"${sha256}"` };
  const failed = ["PreconditionFailedError", "PRECONDITION_FAILED", 412];
  await refused(craft.files.upload(project.id, "version.txt", "third", stale), ...failed);
  await refused(craft.files.update(project.id, "version.txt", { content: "third" }, stale), ...failed);
  await refused(craft.files.upload(project.id, "version.txt", "third", { ifNoneMatch: "*" }), ...failed);
  await refused(craft.files.download(project.id, "version.txt", stale), ...failed);
  await refused(craft.files.delete(project.id, "version.txt", stale), ...failed);
  assert.equal((await craft.files.get(project.id, "version.txt")).content, "second");
});

test("a version goes by its sha256, bare or in quotes", async () => {
  const { sha256 } = await craft.files.upload(project.id, "hash.txt", "first");
  const read = await craft.files.download(project.id, "hash.txt", { ifMatch: sha256 });
  assert.deepEqual([read.sha256, await read.text()], [sha256, "first"]);
  await refused(
    craft.files.upload(project.id, "hash.txt", "x", { ifNoneMatch: sha256 }),
    ...["PreconditionFailedError", "PRECONDITION_FAILED", 412],
  );
  const second = await craft.files.update(project.id, "hash.txt", { content: "second" }, { ifMatch: sha256 });
  const third = await craft.files.upload(project.id, "hash.txt", "third", { ifMatch: `"${second.sha256}"` });
  const several = `"${sha256}", "${third.sha256}"`;
  await craft.files.upload(project.id, "hash.txt", "fourth", { ifMatch: several });
  await craft.files.delete(project.id, "hash.txt", { ifMatch: "*" });
});

test("413 is PayloadTooLargeError, for JSON and for a file", async () => {
  const failed = ["PayloadTooLargeError", "PAYLOAD_TOO_LARGE", 413];
  await refused(craft.projects.update(project.id, { description: "x".repeat(3e6) }), ...failed);
  const large = new Blob([new Uint8Array(33 * 2 ** 20)]);
  await refused(craft.files.upload(project.id, "large.bin", large), ...failed);
  await refused(craft.files.upload(project.id, "large.bin", large.stream(), { size: large.size }), ...failed);
});

test("415 is UnsupportedMediaTypeError", async () => {
  const upload = craft.files.upload(project.id, "x", "x", { contentType: "nonsense" });
  await refused(upload, "UnsupportedMediaTypeError", "UNSUPPORTED_MEDIA_TYPE", 415);
});

test("429 is RateLimitError, with the seconds to wait", async () => {
  const limited = new CraftClient({ apiKey: free.key, maxRetries: 0 });
  const calls = await Promise.allSettled(Array.from({ length: 8 }, () => limited.me.get()));
  const { reason } = calls.find((call) => call.status === "rejected");
  const error = await refused(Promise.reject(reason), "RateLimitError", "RATE_LIMIT_EXCEEDED", 429);
  assert.equal(error.message, "Too many requests. Please wait before trying again.");
  assert.ok(error.retryAfter > 0 && error.retryAfter <= 60);

  const impatient = new CraftClient({ apiKey: free.key, maxRetryWait: 1 });
  await refused(impatient.me.get(), "RateLimitError", "RATE_LIMIT_EXCEEDED", 429);
});

test("500 is InternalError, with the request id", async () => {
  await craft.files.upload(project.id, "lost.bin", "its bytes are about to be lost");
  const find = "from api.projects.models import File\nanswer = File.objects.get(project__uid=given, path='lost.bin')";
  const name = await ask(`${find}.stored.name`, project.id);
  rmSync(join(storage, name));
  await refused(craft.files.download(project.id, "lost.bin"), "InternalError", "INTERNAL_ERROR", 500);
});

test("a proxy's error page is UnexpectedAnswerError", async (t) => {
  const { url: address } = await proxy(t, (_, outgoing) => htmlError(outgoing, 502));
  const away = new CraftClient({ apiKey: alice.key, baseUrl: address, maxRetries: 0 });
  const error = await away.me.get().catch((thrown) => thrown);
  assert.equal(error.constructor, sdk.UnexpectedAnswerError);
  assert.deepEqual([error.code, error.status, error.requestId], ["UNEXPECTED_ANSWER", 502, null]);
  assert.match(error.message, /not the Craft API's: 502 Bad Gateway, text\/html/);
});

test("a page instead of the API is UnexpectedAnswerError", async () => {
  const wrong = new CraftClient({ apiKey: alice.key, baseUrl: `${url}/login`, maxRetries: 0 });
  await assert.rejects(wrong.me.get(), { name: "UnexpectedAnswerError", status: 404 });
});

test("an answer that only looks like a success is UnexpectedAnswerError", async (t) => {
  const { url: address } = await proxy(t, (_, outgoing) => outgoing.end("<p>Sign in to the hotel's network</p>"));
  const away = new CraftClient({ apiKey: alice.key, baseUrl: address });
  await assert.rejects(away.me.get(), { name: "UnexpectedAnswerError", status: 200 });
});

test("a redirect is not followed", async (t) => {
  const redirect = (_, outgoing) => outgoing.writeHead(301, { Location: `${url}/v1/me` }).end();
  const { url: address } = await proxy(t, redirect);
  const away = new CraftClient({ apiKey: alice.key, baseUrl: address });
  const error = await away.me.get().catch((thrown) => thrown);
  assert.deepEqual([error.name, error.status], ["UnexpectedAnswerError", 301]);
  assert.match(error.message, /redirects.*Is baseUrl right/);
});

test("no connection is APIConnectionError, with its cause", async () => {
  const free_ = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => free_.once("listening", resolve));
  const { port } = free_.address();
  await new Promise((resolve) => free_.close(resolve));
  const away = new CraftClient({ apiKey: alice.key, baseUrl: `http://127.0.0.1:${port}`, maxRetries: 0 });
  const error = await refused(away.me.get(), "APIConnectionError", "CONNECTION", null);
  assert.match(error.message, /^No connection to http:\/\/127\.0\.0\.1:\d+: fetch failed \(ECONNREFUSED\)$/);
  assert.ok(error.cause instanceof Error);
});

test("https to a server that speaks http is told as what it is", async () => {
  const away = new CraftClient({ apiKey: alice.key, baseUrl: url.replace("http:", "https:"), maxRetries: 0 });
  const error = await refused(away.me.get(), "APIConnectionError", "CONNECTION", null);
  assert.match(error.message, /\. Does the server speak http rather than https\?$/);
});

test("no answer in time is APITimeoutError", async (t) => {
  const { url: address } = await proxy(t, () => "silence");
  const away = new CraftClient({ apiKey: alice.key, baseUrl: address, timeout: 50 });
  await refused(away.me.get(), "APITimeoutError", "TIMEOUT", null);
  await refused(away.projects.create({ name: "x" }, { timeout: 20 }), "APITimeoutError", "TIMEOUT", null);
});

test("an answer that stops half-way is APITimeoutError too", async (t) => {
  const { url: address } = await proxy(t, (_, outgoing) => {
    outgoing.writeHead(200, { "Content-Type": "application/json" });
    outgoing.write('{"success": true, ');
  });
  const away = new CraftClient({ apiKey: alice.key, baseUrl: address, timeout: 200 });
  await refused(away.me.get(), "APITimeoutError", "TIMEOUT", null);
});
