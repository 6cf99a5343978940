// TypeScript made of docs/openapi.json, that the SDK's own declarations must be the same as.

import { readFileSync } from "node:fs";

/** The committed document. */
export const readDocument = () =>
  JSON.parse(readFileSync(new URL("../../../../docs/openapi.json", import.meta.url), "utf8"));

/** What both SDKs call one name: schemas that answer or are sent, and operations. */
const NAMES = JSON.parse(readFileSync(new URL("../../../names.json", import.meta.url), "utf8"));

/** Component → type of the SDK. */
export const TYPES = { ...NAMES.types, ...NAMES.requests };

/** Components that users of the SDK never see; the envelopes (`…Answer`) are another kind of those. */
export const UNSEEN = [
  ...["Error", "ErrorDetail", "OAuthError", "OAuthIntrospection", "OAuthTokens"],
  ...["DisableRequest", "RotateRequest"], // see `sent` below
];

/**
 * Of a method of the client: its type of list parameters (`params`) or of those of what is no list (`query`), and the
 * place of the body among its parameters. `sent`: what is sent for the argument `A` there, where that is not the
 * body itself.
 */
const ARGUMENTS = {
  "activity.list": { params: "ActivityListParams" },
  "apiKeys.list": { params: "ApiKeyListParams" },
  "apiKeys.create": { body: 0 },
  "apiKeys.update": { body: 1 },
  "apiKeys.rotate": { body: 1, sent: "{ grace: NonNullable<A> }" },
  "apiKeys.disable": { body: 1, sent: '{ for?: NonNullable<A>["forSeconds"] }' },
  "apiKeys.usage": { query: "ApiKeyUsageParams" },
  "connectedApps.list": { params: "ConnectedAppListParams" },
  "me.update": { body: 0 },
  "projects.list": { params: "ProjectListParams" },
  "projects.create": { body: 0 },
  "projects.update": { body: 1 },
  "deployments.list": { params: "DeploymentListParams" },
  "files.list": { params: "FileListParams" },
  "files.create": { body: 1 },
  "files.update": { body: 2 },
};

/** Operation → method of the client, with its arguments. Those of OAuth are CraftOAuth's, in the shapes of their RFCs. */
export const OPERATIONS = Object.fromEntries(
  Object.entries(NAMES.operations).map(([name, call]) => [name, call === null ? {} : { call, ...ARGUMENTS[call] }]),
);

/** A program that type-checks when the SDK's declarations are what the document says. */
export function program(document) {
  const components = Object.entries(document.components.schemas);
  const known = (name) => name in TYPES || UNSEEN.includes(name) || name.endsWith("Answer");
  return [
    'import type * as sdk from "@craft/sdk";',
    "type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;",
    "type Client = sdk.CraftClient;",
    "type Data<T> = T extends (...given: any) => Promise<infer R> ? R : never;",
    "declare function same<A, B>(answer: Same<A, B>): void;",
    "declare function unknown(what: string): never;",
    ...components.map(([name, schema]) => `interface ${name}_ ${typeOf(schema)}`),
    ...components.filter(([name]) => !known(name)).map(([name]) => `unknown(${name});`),
    ...Object.entries(TYPES).map(([name, type]) => `same<sdk.${type}, ${name}_>(true);`),
    ...operations(document).flatMap(([name, operation]) => checksOf(name, operation)),
  ].join("\n");
}

function operations(document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
  );
}

/** What a method of the client takes and gives must be what the operation does. */
function checksOf(name, operation) {
  const known = OPERATIONS[name];
  if (!known) return [`unknown(${JSON.stringify(name)}, "is in the document, but not in the SDK");`];
  if (!known.call) return [];
  const method = `Client${known.call.split(".").map((part) => `["${part}"]`).join("")}`;
  const answer = operation.responses["200"] ?? operation.responses["201"];
  const envelope = answer.content["application/json"].schema.$ref.split("/").at(-1);
  const data = `${envelope}_["data"]`;
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
  const body = operation.requestBody?.content["application/json"].schema;
  const argument = known.body === undefined ? "never" : `Parameters<${method}>[${known.body}]`;
  const sent = known.sent?.replaceAll(/\bA\b/g, argument) ?? argument;
  return [
    `same<Data<${method}>, ${known.params ? `sdk.Page<${data}[number]>` : data}>(true);`,
    known.params && `same<${envelope}_["pagination"], sdk.Pagination>(true);`,
    `same<{ [K in keyof ${paramsOf(known)}]: ${paramsOf(known)}[K] }, ${queryType(query)}>(true);`,
    `same<${sent}, ${body ? typeOf(body) : "never"}>(true);`,
  ].filter(Boolean);
}

function paramsOf({ params, query }) {
  const name = params ?? query;
  return name ? `sdk.${name}` : "{}";
}
const queryType = (query) => `{ ${query.map((each) => `${each.name}?: ${typeOf(each.schema)}`).join("; ")} }`;

/** A schema of OpenAPI 3.1 as a type. */
function typeOf(schema) {
  if (schema.allOf) return typeOf(schema.allOf[0]); // a reference with a description of its own
  if (schema.$ref) return `${schema.$ref.split("/").at(-1)}_`;
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  if (schema.type === "array") return `Array<${typeOf(schema.items)}>`;
  if (schema.type === "object") return objectType(schema);
  if (schema.type === "integer") return "number";
  return schema.type ?? "unknown";
}

function objectType({ properties, required = [], additionalProperties }) {
  if (!properties) {
    const isAnything = additionalProperties === true || Object.keys(additionalProperties ?? {}).length === 0;
    return `{ [name: string]: ${isAnything ? "unknown" : typeOf(additionalProperties)} }`;
  }
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${name}${required.includes(name) ? "" : "?"}: ${typeOf(schema)};`,
  );
  return `{ ${fields.join(" ")} }`;
}
