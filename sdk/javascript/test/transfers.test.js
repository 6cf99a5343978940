import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, openAsBlob, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";

import { newPeople } from "./helpers/craft.js";
import { htmlError, proxy } from "./helpers/proxy.js";
import { APIConnectionError, CraftClient, InvalidRequestError, APITimeoutError } from "@craft/sdk";

const MEGABYTE = 2 ** 20;
const SIZE = 20 * MEGABYTE;
const LARGE = randomBytes(SIZE);
const folder = await mkdtemp(join(tmpdir(), "craft-sdk-"));
after(() => rm(folder, { recursive: true }));

const { alice } = await newPeople(["alice"]);
const craft = new CraftClient({ apiKey: alice.key });
const { id } = await craft.projects.create({ name: "Transfers" });

/** A progress callback and what it was told; each report must be higher than the one before. */
function progress() {
  const reports = [];
  const onProgress = (loaded, total) => reports.push([loaded, total]);
  return { onProgress, reports };
}

function assertClimbs(reports, total) {
  assert.ok(reports.length > 10, `${reports.length} reports`);
  assert.ok(reports.every(([loaded], at) => at === 0 || loaded > reports[at - 1][0]));
  assert.ok(reports.every(([, of]) => of === total));
  assert.equal(reports.at(-1)[0], total);
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A stream of so many bytes of the large content, in pieces of 1 MB; `onPull` sees each piece asked for. */
function stream(size = SIZE, onPull = () => {}) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      onPull(at);
      if (at >= size) return controller.close();
      controller.enqueue(new Uint8Array(LARGE.subarray(at, Math.min(at + MEGABYTE, size))));
      at += MEGABYTE;
    },
  });
}

writeFileSync(join(folder, "large.bin"), LARGE);
const UPLOADS = {
  "a Uint8Array": () => [LARGE, {}],
  "an ArrayBuffer": () => [LARGE.buffer.slice(LARGE.byteOffset, LARGE.byteOffset + SIZE), {}],
  "a Blob": () => [new Blob([LARGE]), {}],
  "a file of the disk": async () => [await openAsBlob(join(folder, "large.bin")), {}],
  "a ReadableStream": () => [stream(), { size: SIZE }],
  "a stream of Node": () => [createReadStream(join(folder, "large.bin")), { size: SIZE }],
};

for (const [what, make] of Object.entries(UPLOADS)) {
  test(`20 MB go up from ${what}, with progress`, async () => {
    const [content, options] = await make();
    const { onProgress, reports } = progress();
    const file = await craft.files.upload(id, `${what}.bin`, content, { ...options, onProgress });
    assert.deepEqual([file.size, file.sha256], [SIZE, sha256(LARGE)]);
    assertClimbs(reports, SIZE);
  });
}

test("20 MB come down in a stream, with progress and headers", async () => {
  const { sha256: hash } = await craft.files.upload(id, "down.bin", LARGE);
  const { onProgress, reports } = progress();

  const download = await craft.files.download(id, "down.bin", { onProgress });

  assert.deepEqual([download.etag, download.size], [`"${hash}"`, SIZE]);
  assert.equal(download.contentType, "application/octet-stream");
  assert.ok(download.body instanceof ReadableStream);
  assert.equal(reports.length, 0);
  const received = createHash("sha256");
  for await (const piece of download.body) received.update(piece);
  assert.equal(received.digest("hex"), hash);
  assertClimbs(reports, SIZE);
});

test("a download also gives bytes, text and a Blob", async () => {
  await craft.files.upload(id, "hello.txt", "Grüße", { contentType: "text/plain; charset=utf-8" });
  const down = () => craft.files.download(id, "hello.txt");
  assert.equal(await (await down()).text(), "Grüße");
  assert.deepEqual(await (await down()).bytes(), new TextEncoder().encode("Grüße"));
  const blob = await (await down()).blob();
  assert.deepEqual([blob.size, blob.type], [7, "text/plain; charset=utf-8"]);
});

test("an empty file goes up and comes down", async () => {
  const up = progress();
  const down = progress();
  assert.equal((await craft.files.upload(id, "empty", "", { onProgress: up.onProgress })).size, 0);
  const download = await craft.files.download(id, "empty", { onProgress: down.onProgress });
  assert.deepEqual([await download.text(), download.size], ["", 0]);
  assert.deepEqual([up.reports, down.reports], [[[0, 0]], [[0, 0]]]);
});

test("the content type is the one given, the Blob's, or what the path's ending stands for", async () => {
  const typeOf = async (path, content, options) => (await craft.files.upload(id, path, content, options)).contentType;
  assert.equal(await typeOf("a.css", "a{}", { contentType: "text/x-mine" }), "text/x-mine");
  assert.equal(await typeOf("b.css", new Blob(["a{}"], { type: "text/x-blobs" })), "text/x-blobs");
  assert.equal(await typeOf("c.css", "a{}"), "text/css; charset=utf-8");
  const json = { contentType: "application/json; charset=utf-8" };
  assert.equal(await typeOf("d.json", '{"content": "is no content here"}', json), "application/json");
  assert.equal((await craft.files.get(id, "d.json")).content, '{"content": "is no content here"}');
});

test("a size that is wrong is told, and nothing is written", async () => {
  const wrong = [
    ["abc", { size: 4 }],
    [new Blob(["abc"]), { size: 2 }],
    [stream(MEGABYTE), { size: MEGABYTE + 1 }],
    [stream(MEGABYTE), { size: MEGABYTE - 1 }],
    [stream(MEGABYTE), { size: -1 }],
    [stream(MEGABYTE), { size: 1.5 }],
  ];
  for (const [content, options] of wrong) {
    const upload = craft.files.upload(id, "wrong.bin", content, options);
    await assert.rejects(upload, (error) => error instanceof InvalidRequestError && "size" in error.details);
  }
  await assert.rejects(craft.files.get(id, "wrong.bin"), { code: "NOT_FOUND" });
});

test("content of another kind is told", async () => {
  for (const content of [7, null, undefined, { a: 1 }, Readable.from(["text"])]) {
    await assert.rejects(craft.files.upload(id, "x", content, { size: 4 }), { code: "INVALID_REQUEST", status: null });
  }
});

test("what the caller's own stream or callback throws comes back as it is", async () => {
  const mine = new Error("the disk is gone");
  async function* broken() {
    yield new Uint8Array(10);
    throw mine;
  }
  const fail = () => {
    throw mine;
  };
  await assert.rejects(craft.files.upload(id, "x", broken(), { size: 20 }), (error) => error === mine);
  await assert.rejects(craft.files.upload(id, "x", LARGE, { onProgress: fail }), (error) => error === mine);
  await craft.files.upload(id, "mine.txt", "mine");
  const download = await craft.files.download(id, "mine.txt", { onProgress: fail });
  await assert.rejects(download.text(), (error) => error === mine);
});

for (const method of ["upload that nobody may write", "upload to nowhere"]) {
  test(`a large ${method} is told as what it is, not as a broken connection`, async () => {
    const isReader = method.includes("nobody");
    const client = new CraftClient({ apiKey: isReader ? alice.readOnlyKey : alice.key });
    const upload = client.files.upload(isReader ? id : "proj_0", "large.bin", LARGE);
    await assert.rejects(upload, { status: isReader ? 403 : 404 });
  });
}

test("an upload whose answer was lost in the flood is asked for again without its content", async (t) => {
  const lengths = [];
  const { url: address, calls } = await proxy(t, (incoming, outgoing, number) => {
    lengths.push(incoming.headers["content-length"]);
    if (number === 1) return incoming.socket.destroy();
    outgoing.writeHead(413, { "Content-Type": "text/html" });
    outgoing.end();
  });
  const away = new CraftClient({ apiKey: alice.key, baseUrl: address });
  await assert.rejects(away.files.upload(id, "large.bin", stream(), { size: SIZE }), { status: 413 });
  assert.deepEqual([calls.length, lengths], [2, [String(SIZE), String(SIZE)]]);
});

test("an upload from a stream that broke off is APIConnectionError, and nothing was written", async (t) => {
  const { url: address, calls } = await proxy(t, (incoming) => incoming.socket.destroy());
  const away = new CraftClient({ apiKey: alice.key, baseUrl: address });
  await assert.rejects(away.files.upload(id, "broken.bin", stream(), { size: SIZE }), APIConnectionError);
  await assert.rejects(craft.files.get(id, "broken.bin"), { code: "NOT_FOUND" });
  assert.equal(calls.length, 2); // the second to ask why
});

test("an upload is cancelled half-way: nothing is written, and the stream is let go", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const cut = stream(SIZE, (at) => at === 5 * MEGABYTE && controller.abort(reason));
  const upload = craft.files.upload(id, "cut.bin", cut, { size: SIZE, signal: controller.signal });
  await assert.rejects(upload, (error) => error === reason);
  await assert.rejects(craft.files.get(id, "cut.bin"), { code: "NOT_FOUND" });
});

test("a download is cancelled half-way", async () => {
  await craft.files.upload(id, "down.bin", LARGE);
  const controller = new AbortController();
  const reason = new Error("enough");
  const onProgress = (loaded) => loaded > MEGABYTE && controller.abort(reason);
  const download = await craft.files.download(id, "down.bin", { onProgress, signal: controller.signal });
  await assert.rejects(download.bytes(), (error) => error === reason);

  const other = await craft.files.download(id, "down.bin");
  await other.body.cancel();
});

test("a download is read once, and says so", async () => {
  await craft.files.upload(id, "once.txt", "once");
  const download = await craft.files.download(id, "once.txt");
  assert.equal(await download.text(), "once");
  for (const method of ["text", "bytes", "blob"]) {
    await assert.rejects(download[method](), { name: "InvalidRequestError", message: /can be read once/ });
  }
});

test("a file of the disk that changed since it was opened is told", async () => {
  const path = join(folder, "changing.bin");
  writeFileSync(path, "before");
  const blob = await openAsBlob(path);
  writeFileSync(path, "afterwards it is longer");
  const message = /content: The file changed, or is gone, since it was opened\./;
  await assert.rejects(craft.files.upload(id, "changing.bin", blob), { name: "InvalidRequestError", message });
});

test("a download that breaks off is APIConnectionError, one that stops is APITimeoutError", async (t) => {
  const { url: address } = await proxy(t, (incoming, outgoing) => {
    const ETag = `"${sha256("begun, and never ended")}"`;
    outgoing.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": "100", ETag });
    outgoing.write("begun");
    if (incoming.url.endsWith("broken")) setTimeout(() => outgoing.destroy(), 50);
  });
  const away = new CraftClient({ apiKey: alice.key, baseUrl: address, timeout: 2_000 });
  await assert.rejects((await away.files.download(id, "broken")).bytes(), {
    name: "APIConnectionError",
    message: "The connection broke off after 5 of 100 bytes.",
  });
  await assert.rejects((await away.files.download(id, "silent")).bytes(), APITimeoutError);
});

test("the timeout is for silence, not for the whole of a transfer", async (t) => {
  const { url: address } = await proxy(t, () => "pass");
  const hasty = new CraftClient({ apiKey: alice.key, baseUrl: address, timeout: 3_000 });
  async function* slow() {
    for (let at = 0; at < 7; at++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      yield new Uint8Array(1000);
    }
  }
  assert.equal((await hasty.files.upload(id, "slow.bin", slow(), { size: 7000 })).size, 7000);
});

test("an upload that was refused for coming too often is made again, but not from a stream", async (t) => {
  const { url: address, calls } = await proxy(t, (incoming, outgoing) => {
    if (calls.length % 2 === 0) return "pass";
    incoming.resume();
    incoming.on("end", () => htmlError(outgoing, 429, { "Retry-After": "0" }));
  });
  const away = new CraftClient({ apiKey: alice.key, baseUrl: address });
  const { onProgress, reports } = progress();
  const content = LARGE.subarray(0, MEGABYTE);
  assert.equal((await away.files.upload(id, "again.bin", content, { onProgress })).sha256, sha256(content));
  assert.deepEqual(reports.filter(([loaded]) => loaded === MEGABYTE).length, 2);

  const once = away.files.upload(id, "once.bin", stream(MEGABYTE), { size: MEGABYTE });
  await assert.rejects(once, { status: 429 });
  assert.equal(calls.length, 3);
});
