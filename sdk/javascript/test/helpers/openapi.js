// TypeScript made of docs/openapi.json, that the SDK's own declarations must be the same as.

import { readFileSync } from "node:fs";

/** The committed document. */
export const readDocument = () =>
  JSON.parse(readFileSync(new URL("../../../../docs/openapi.json", import.meta.url), "utf8"));

/** Component → type of the SDK. */
export const TYPES = {
  APIKey: "ApiKey",
  Activity: "Activity",
  Auth: "Auth",
  ConnectedApp: "ConnectedApp",
  Deleted: "Deleted",
  Deployment: "Deployment",
  File: "ProjectFile",
  FileContent: "ProjectFileContent",
  FileContentRequest: "FileContent",
  Me: "Me",
  NewAPIKey: "CreatedApiKey",
  NewAPIKeyRequest: "NewApiKey",
  NewFileRequest: "NewFile",
  NewProjectRequest: "NewProject",
  OldCaller: "OldCaller",
  Pagination: "Pagination",
  PatchedAPIKeyChangeRequest: "ApiKeyChange",
  PatchedMeRequest: "MeChange",
  PatchedProjectChangeRequest: "ProjectChange",
  Project: "Project",
  ProjectStats: "ProjectStats",
  RateLimit: "RateLimit",
  RecentCall: "RecentCall",
  Rotation: "ApiKeyRotation",
  Usage: "ApiKeyUsage",
  UsageBucket: "UsageBucket",
  UsageCaller: "UsageCaller",
  UsageEndpoint: "UsageEndpoint",
};

/** Components that users of the SDK never see; the envelopes (`…Answer`) are another kind of those. */
export const UNSEEN = [
  ...["Error", "ErrorDetail", "OAuthError", "OAuthIntrospection", "OAuthTokens"],
  ...["DisableRequest", "RotateRequest"], // see `sent` below
];

/**
 * Operation → method of the client, its type of list parameters (`params`) or of those of what is no list
 * (`query`), and the place of the body among its parameters. `sent`: what is sent for the argument `A` there,
 * where that is not the body itself.
 */
export const OPERATIONS = {
  "GET /v1/activity": { call: "activity.list", params: "ActivityListParams" },
  "GET /v1/api-keys": { call: "apiKeys.list", params: "ApiKeyListParams" },
  "POST /v1/api-keys": { call: "apiKeys.create", body: 0 },
  "GET /v1/api-keys/{key_id}": { call: "apiKeys.get" },
  "PATCH /v1/api-keys/{key_id}": { call: "apiKeys.update", body: 1 },
  "DELETE /v1/api-keys/{key_id}": { call: "apiKeys.delete" },
  "POST /v1/api-keys/{key_id}/rotate": { call: "apiKeys.rotate", body: 1, sent: "{ grace: NonNullable<A> }" },
  "POST /v1/api-keys/{key_id}/rotation/finish": { call: "apiKeys.finishRotation" },
  "POST /v1/api-keys/{key_id}/rotation/cancel": { call: "apiKeys.cancelRotation" },
  "POST /v1/api-keys/{key_id}/disable": {
    ...{ call: "apiKeys.disable", body: 1, sent: '{ for?: NonNullable<A>["forSeconds"] }' },
  },
  "POST /v1/api-keys/{key_id}/enable": { call: "apiKeys.enable" },
  "POST /v1/api-keys/{key_id}/restore": { call: "apiKeys.restore" },
  "GET /v1/api-keys/{key_id}/usage": { call: "apiKeys.usage", query: "ApiKeyUsageParams" },
  "GET /v1/auth": { call: "auth.get" },
  "DELETE /v1/auth": { call: "auth.delete" },
  "GET /v1/connected-apps": { call: "connectedApps.list", params: "ConnectedAppListParams" },
  "DELETE /v1/connected-apps/{app_id}": { call: "connectedApps.delete" },
  "GET /v1/me": { call: "me.get" },
  "PATCH /v1/me": { call: "me.update", body: 0 },
  "GET /v1/projects": { call: "projects.list", params: "ProjectListParams" },
  "POST /v1/projects": { call: "projects.create", body: 0 },
  "GET /v1/projects/{project_id}": { call: "projects.get" },
  "PATCH /v1/projects/{project_id}": { call: "projects.update", body: 1 },
  "DELETE /v1/projects/{project_id}": { call: "projects.delete" },
  "GET /v1/projects/{project_id}/deployments": { call: "deployments.list", params: "DeploymentListParams" },
  "POST /v1/projects/{project_id}/deployments": { call: "deployments.create" },
  "GET /v1/projects/{project_id}/deployments/{deployment_id}": { call: "deployments.get" },
  "DELETE /v1/projects/{project_id}/deployments/{deployment_id}": { call: "deployments.delete" },
  "GET /v1/projects/{project_id}/files": { call: "files.list", params: "FileListParams" },
  "POST /v1/projects/{project_id}/files": { call: "files.create", body: 1 },
  "GET /v1/projects/{project_id}/files/{path}": { call: "files.get" },
  "PUT /v1/projects/{project_id}/files/{path}": { call: "files.update", body: 2 },
  "DELETE /v1/projects/{project_id}/files/{path}": { call: "files.delete" },
  // Of CraftOAuth, in the shapes of their RFCs. Nobody but a server that holds others' tokens introspects.
  "POST /v1/oauth/token": {},
  "POST /v1/oauth/revoke": {},
  "POST /v1/oauth/introspect": {},
};

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
