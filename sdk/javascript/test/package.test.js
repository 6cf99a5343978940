// The packed package in an empty folder, with the examples of the public page and of the README.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";

import { signIn } from "./helpers/apps.js";
import { newApp, newPeople } from "./helpers/craft.js";
import { home, install, runModule, typeCheck } from "./helpers/installed.js";
import { answer } from "./helpers/person.js";
import { CraftClient } from "@craft/sdk";

const { alice, bob } = await newPeople(["alice", "bob"]);
const { folder, files } = await install(after);
const scope = "read write delete admin";
const { tokens } = await signIn(await newApp({ scopes: scope }), alice, scope);
const environment = { CRAFT_API_KEY: alice.key, ADMIN_TOKEN: tokens.accessToken };
const readme = readFileSync(join(home, "README.md"), "utf8");

/** The README's examples in a language: `{ title, code }`. */
function examples(language) {
  let title = "";
  const found = [];
  for (const [, heading, code] of readme.matchAll(new RegExp(`^##? (.+)$|^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))) {
    if (heading) title = heading;
    else found.push({ title, code });
  }
  return found;
}

test("the package has its modules, declarations and README, and nothing else", () => {
  const others = files.filter((path) => !/^dist\/.*\.(js|d\.ts)$/.test(path));
  assert.deepEqual(others.sort(), ["README.md", "package.json"]);
  assert.ok(files.includes("dist/index.js") && files.includes("dist/index.d.ts"));
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  assert.deepEqual({ ...dependencies, ...peerDependencies }, {});
});

test("the example of the public page runs as it stands", async () => {
  const { id } = await new CraftClient({ apiKey: alice.key }).projects.create({ name: "Of the page" });
  const page = readFileSync(join(home, "../../tests/pages/authentication.md"), "utf8");
  const [, example] = /^Using the SDK#\n([^]*?)^[^\n]*#$/m.exec(page);
  assert.match(example, /^import \{ CraftClient \} from "@craft\/sdk";\n/);

  const output = await runModule(folder, "page.js", `${example}\nconsole.log(JSON.stringify(projects));`, environment);

  assert.ok(JSON.parse(output).some((project) => project.id === id));
});

const isServer = ({ code }) => code.includes("createServer");
for (const [number, { title, code }] of examples("js").filter((each) => !isServer(each)).entries()) {
  test(`the README's example ${number + 1} runs: ${title}`, async () => {
    writeFileSync(join(folder, "site.zip"), Buffer.alloc(300_000, "zip"));
    assert.notEqual(await runModule(folder, `readme-${number}.js`, code, environment), "");
  });
}

test("the README's upload and download gave a copy of the file", () => {
  assert.deepEqual(readFileSync(join(folder, "copy.zip")), readFileSync(join(folder, "site.zip")));
});

test("the README's app lets a person in, shows their projects and lets go again", async (t) => {
  const [{ code }] = examples("js").filter(isServer);
  writeFileSync(join(folder, "app.js"), code);
  const app = await newApp();
  const port = await freePort();
  const nothing = { ...process.env, PORT: port, CLIENT_ID: "", CLIENT_SECRET: "" };
  const needs = await runModule(folder, "app.js", code, nothing).catch(({ stderr }) => stderr);
  assert.match(needs, /^Register an app with the redirect URI http:\S+\/callback, and set CLIENT_ID and CLIENT_SECRET/);
  const env = { ...process.env, PORT: port, CLIENT_ID: app.clientId, CLIENT_SECRET: app.clientSecret };
  const program = spawn("node", ["app.js"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => program.kill());
  let logged = "";
  program.stderr.on("data", (text) => (logged += text));
  const [address] = await once(createInterface({ input: program.stdout }), "line");

  const get = (url, cookie = "") => fetch(url, { headers: { Cookie: cookie }, redirect: "manual" });
  const login = async (yesOrNo) => {
    const start = await get(address);
    const cookie = start.headers.get("Set-Cookie").split(";")[0];
    const callback = await answer(start.headers.get("Location"), bob.email, yesOrNo);
    return { cookie, response: await get(callback, cookie), callback };
  };
  assert.equal(await (await login("deny")).response.text(), "You said no");
  const { cookie, response, callback } = await login("allow");
  assert.equal(response.headers.get("Location"), "/");
  const start = new URL("/", address);
  assert.equal(await (await get(start, cookie)).text(), "You have 0 projects");
  // Loading the callback again ends nothing.
  assert.equal((await get(callback, cookie)).headers.get("Location"), "/");
  assert.equal(await (await get(start, cookie)).text(), "You have 0 projects");
  assert.equal((await get(new URL("/favicon.ico", address), cookie)).status, 404);
  // Another's callback is refused, and heard of.
  const other = (await get(address)).headers.get("Set-Cookie").split(";")[0];
  assert.equal((await get(start, other)).headers.get("Location"), "/login");
  assert.equal(logged, "");
  assert.equal((await get(callback, other)).status, 500);
  assert.match(logged, /state_mismatch/);
  assert.equal(await (await get(new URL("/logout", address), cookie)).text(), "Bye");
  assert.equal((await get(start, cookie)).headers.get("Location"), "/login");
});

/** The README's TypeScript, each example in a module of the folder; their names. */
function writeTypeScript() {
  const names = examples("ts").map(({ code }, number) => {
    writeFileSync(join(folder, `readme-${number}.ts`), code);
    return `readme-${number}.ts`;
  });
  assert.ok(names.length > 0);
  return names;
}

test("a bundler's way of finding the package finds its types", async () => {
  const lib = ["ES2022", "DOM", "DOM.AsyncIterable"];
  const bundler = { lib, module: "ESNext", moduleResolution: "Bundler", noEmit: true };
  assert.equal(await typeCheck(folder, writeTypeScript(), bundler), "");
});

/** What the examples take from Node, for a type check without Node's own types. */
const NODE_TYPES = `
declare var process: { env: Record<string, string | undefined> };
declare module "node:fs" {
  export function createWriteStream(path: string): { end(): void };
  export function openAsBlob(path: string): Promise<Blob>;
}
declare module "node:stream/promises" {
  export function pipeline(source: AsyncIterable<Uint8Array>, target: { end(): void }): Promise<void>;
}
`;

/** Compile modules; what the compiler says of each, by its name. All at once: it reads the platform's types each time. */
async function complaintsOf(names) {
  const lib = ["ES2022", "DOM", "DOM.AsyncIterable"];
  const strictest = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const output = await typeCheck(folder, names, { lib, module: "NodeNext", ...strictest });
  const lines = output.split("\n").filter((line) => /error TS/.test(line));
  return (name) => lines.filter((line) => line.includes(`/${name}(`) || line.startsWith("error")); // or of all
}

const UNDEFINED = `
  import { CraftClient, CraftError, CraftOAuth } from "@craft/sdk";
  const craft = new CraftClient({ apiKey: undefined, onKeyEnds: undefined });
  const none = undefined;
  await craft.me.update({ name: none });
  await craft.projects.create({ name: "x", description: none, template: none, settings: none });
  await craft.projects.update("x", { name: none, description: none, template: none, settings: none, status: none });
  await craft.projects.list({ page: none, limit: none, sort: none, order: none, status: none }, { signal: none });
  await craft.files.create("x", { path: "x", content: "x", encoding: none });
  await craft.files.update("x", "x", { path: none, content: "x", encoding: none }, { ifMatch: none });
  await craft.apiKeys.create({ name: "x", permission: "read-only", expiresAt: none });
  await craft.apiKeys.list({ state: none });
  await craft.apiKeys.rotate("x", none, { signal: none });
  await craft.apiKeys.disable("x", { forSeconds: none });
  await craft.apiKeys.usage("x", { from: none, to: none, by: none });
  await craft.activity.list({ event: none });
  const oauth = new CraftOAuth({ clientId: "x", redirectUri: "x", clientSecret: none, store: none });
  await oauth.authorizeUrl({ scope: none });
  await oauth.authorizeUrl({ scope: "read write" });
  await oauth.authorizeUrl({ scope: ["read", "write"] });
  await oauth.callback("x", { state: "x", codeVerifier: "x" }, { signal: none });
  await oauth.revoke({ signal: none });
  // A list of known codes, and any other text.
  const error = new CraftError({ code: "SOMETHING_NEW", message: "x" });
  const isKnown: boolean = error.code === "NOT_FOUND" || error.code === "no_tokens" || error.code === "MINE";
  type Known = Extract<import("@craft/sdk").ErrorCode, "TIMEOUT" | "invalid_grant">;
  const known: Known[] = ["TIMEOUT", "invalid_grant"];
  console.log(isKnown, known);
`;
test("the declarations name no type that only browsers have", () => {
  for (const path of files.filter((each) => each.endsWith(".d.ts"))) {
    assert.doesNotMatch(readFileSync(join(home, path), "utf8"), /\b(BodyInit|BlobPart|BufferSource)\b/, path);
  }
});

const WRONG = `import { CraftClient } from "@craft/sdk";
const craft = new CraftClient({ apikey: process });
craft.projects.create({});
craft.projects.list({ sort: "colour" });
craft.files.upload(1, 2, 3);
`;

test("the README's TypeScript and JavaScript are right, undefined is taken for what is left out, and what is wrong is refused", async () => {
  const scripts = examples("js").filter((each) => !isServer(each)).map(({ code }, number) => {
    // A parameter has no type in JavaScript: the method it is for tells it.
    const typed = code.replace("const onProgress =", 'const onProgress: import("@craft/sdk").OnProgress =');
    return [`script-${number}.ts`, `${typed}\nexport {};\n`];
  });
  const typed = writeTypeScript();
  const good = { "node.d.ts": NODE_TYPES, ...Object.fromEntries(scripts), "undefined.ts": UNDEFINED };
  for (const [name, code] of Object.entries({ ...good, "wrong.ts": WRONG })) writeFileSync(join(folder, name), code);
  const complaints = await complaintsOf([...typed, ...Object.keys(good), "wrong.ts"]);
  for (const name of [...typed, ...Object.keys(good)]) assert.deepEqual(complaints(name), [], name);
  const lines = new Set(complaints("wrong.ts").map((line) => /\((\d+),/.exec(line)[1]));
  assert.deepEqual([...lines], ["2", "3", "4", "5"]);
  for (const name of typed) {
    const made = readFileSync(join(folder, name.replace(/ts$/, "js")), "utf8");
    assert.equal(await runModule(folder, `typed-${name}.js`, made, environment), "active\n");
  }
});

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
