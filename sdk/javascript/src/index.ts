/** `@craft/sdk`: the Craft API for JavaScript and TypeScript. */

export { CraftClient, type CraftClientOptions, type RequestOptions } from "./client.js";
export type { CredentialOptions, TokenSource } from "./credentials.js";
export * from "./errors.js";
export type { OnKeyEnds } from "./key-ends.js";
export { CraftOAuth, type CraftOAuthOptions, type KeptRequest } from "./oauth/oauth.js";
export { memoryStore, type OAuthTokens, type TokenStore } from "./oauth/store.js";
export { Page, PagePromise } from "./page.js";
export type * from "./resources/account.js";
export type { ApiKeysResource } from "./resources/api-keys.js";
export type { FilesResource, Preconditions } from "./resources/files.js";
export type * from "./resources/projects.js";
export type { CallOptions, ConnectionOptions, Fetch } from "./settings.js";
export type { DownloadOptions, FileDownload } from "./transfer/download.js";
export type { OnProgress, UploadContent, UploadOptions } from "./transfer/upload.js";
export type { Query } from "./transport.js";
export type * from "./types/answers.js";
export type * from "./types/requests.js";
export { VERSION } from "./version.js";
