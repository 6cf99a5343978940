// The declarations are what docs/openapi.json says; a drift of either fails. No server takes part.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { OPERATIONS, program, readDocument, TYPES } from "./helpers/openapi.js";
import { unknownToken } from "./helpers/tokens.js";
import { CraftClient } from "@craft/sdk";

const home = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "craft-types-"));
after(() => rmSync(folder, { recursive: true }));

/** Type-check programs, by name; the complaints about each. */
async function complaints(programs) {
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, `${name}.ts`), `${text}\nexport {};\n`);
  const compilerOptions = {
    ...{ strict: true, noEmit: true, target: "ES2022", module: "NodeNext", types: [], skipLibCheck: false },
    lib: ["ES2022", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    paths: { "@craft/sdk": [join(home, "dist", "index.d.ts")] },
  };
  const files = Object.keys(programs).map((name) => `${name}.ts`);
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const output = await new Promise((resolve) =>
    execFile(join(home, "node_modules", ".bin", "tsc"), ["-p", folder, "--pretty", "false"], (_, stdout, stderr) =>
      resolve(stdout + stderr),
    ),
  );
  const found = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (const line of output.split("\n").filter((each) => /error TS/.test(each))) {
    const name = /([\w-]+)\.ts\(/.exec(line)?.[1];
    assert.ok(name in found, line);
    found[name].push(line);
  }
  return found;
}

/** Ways in which the API could change. */
const DRIFTS = {
  "a-new-field": ({ schemas }) => (schemas.Project.properties.colour = { type: "string" }),
  "a-field-gone": ({ schemas }) => delete schemas.Deployment.properties.files,
  "a-field-renamed": ({ schemas }) => {
    const { at, ...others } = schemas.Activity.properties;
    schemas.Activity.properties = { ...others, moment: at };
  },
  "a-field-optional": ({ schemas }) => schemas.Me.required.pop(),
  "a-field-of-another-type": ({ schemas }) => (schemas.File.properties.size.type = "string"),
  "null-where-none-was": ({ schemas }) => (schemas.File.properties.sha256.type = ["string", "null"]),
  "no-null-any-more": ({ schemas }) => (schemas.APIKey.properties.expiresAt.type = "string"),
  "an-enum-grown": ({ schemas }) => schemas.Activity.properties.event.enum.push("key_lent"),
  "an-enum-shrunk": ({ schemas }) => schemas.APIKey.properties.state.enum.pop(),
  "a-nested-change": ({ schemas }) => delete schemas.RateLimit.properties.reset,
  "a-request-field-required": ({ schemas }) => schemas.NewProjectRequest.required.push("template"),
  "a-request-field-renamed": ({ schemas }) => {
    schemas.DisableRequest.properties = { seconds: schemas.DisableRequest.properties.for };
  },
  "a-choice-gone": ({ schemas }) => schemas.RotateRequest.properties.grace.enum.pop(),
  "a-request-field-gone": ({ schemas }) => delete schemas.PatchedProjectChangeRequest.properties.status,
  "a-new-schema": ({ schemas }) => (schemas.Quota = { type: "object", properties: { calls: { type: "integer" } } }),
  "a-new-path": ({ paths }) => (paths["/v1/quota"] = { get: paths["/v1/me"].get }),
  "a-new-method": ({ paths }) => (paths["/v1/me"].put = paths["/v1/me"].patch),
  "a-new-filter": ({ paths }) =>
    paths["/v1/projects"].get.parameters.push({ in: "query", name: "template", schema: { type: "string" } }),
  "a-filter-gone": ({ paths }) => paths["/v1/api-keys/{key_id}/usage"].get.parameters.pop(),
  "a-new-sort": ({ paths }) =>
    paths["/v1/projects"].get.parameters.find((each) => each.name === "sort").schema.enum.push("size"),
  "another-answer": ({ paths }) => (paths["/v1/me"].get = paths["/v1/auth"].get),
  "another-body": ({ paths }) => (paths["/v1/me"].patch.requestBody = paths["/v1/projects"].post.requestBody),
  "a-new-body": ({ paths }) =>
    (paths["/v1/projects/{project_id}/deployments"].post.requestBody = paths["/v1/me"].patch.requestBody),
};

function drifted(change) {
  const document = readDocument();
  change({ schemas: document.components.schemas, paths: document.paths });
  return program(document);
}

test("the types are those of the OpenAPI document, and every drift of it is found", async () => {
  const programs = Object.fromEntries(Object.entries(DRIFTS).map(([name, change]) => [name, drifted(change)]));
  const { asCommitted, ...others } = await complaints({ asCommitted: program(readDocument()), ...programs });

  assert.deepEqual(asCommitted, [], "The API changed: bring sdk/javascript/src/types and test/helpers/openapi.js up to it.");
  for (const [name, lines] of Object.entries(others)) assert.ok(lines.length > 0, `${name} was not found`);
});

test("every operation of the document has its method", () => {
  const craft = new CraftClient({ apiKey: unknownToken() });
  for (const { call } of Object.values(OPERATIONS)) {
    if (!call) continue;
    const [resource, method] = call.split(".");
    assert.equal(typeof craft[resource][method], "function", call);
  }
});

test("the tables name nothing that the document does not have", () => {
  const { paths, components } = readDocument();
  for (const name of Object.keys(TYPES)) assert.ok(name in components.schemas, name);
  for (const name of Object.keys(OPERATIONS)) {
    const [method, path] = name.split(" ");
    assert.ok(method.toLowerCase() in (paths[path] ?? {}), name);
  }
});
