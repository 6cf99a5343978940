// simple-oauth2. It does no PKCE of its own: the verifier travels as one more parameter.

import { createHash, randomBytes } from "node:crypto";
import { AuthorizationCode } from "simple-oauth2";
import { person, report, task } from "./script.mjs";

const client = new AuthorizationCode({
  client: { id: task.client_id, secret: task.client_secret ?? "" },
  auth: { tokenHost: task.url, tokenPath: "/v1/oauth/token", revokePath: "/v1/oauth/revoke" },
  options: { bodyFormat: task.body, authorizationMethod: task.mode === "basic" ? "header" : "body" },
});
const code_verifier = task.mode === "public" ? randomBytes(32).toString("base64url") : undefined;

async function authorize(scope, answer) {
  const state = randomBytes(16).toString("hex");
  const pkce = code_verifier && {
    code_challenge: createHash("sha256").update(code_verifier).digest("base64url"),
    code_challenge_method: "S256",
  };
  const url = client.authorizeURL({ redirect_uri: task.redirect_uri, scope, state, ...pkce });
  const callback = (await person(url, answer)).searchParams;
  if (callback.get("state") !== state) throw new Error("the state is another one");
  return callback;
}

async function me(token) {
  return fetch(`${task.url}/v1/me`, { headers: { Authorization: `Bearer ${token.token.access_token}` } });
}

const callback = await authorize(task.scope, "allow");
const first = await client.getToken({
  code: callback.get("code"),
  redirect_uri: task.redirect_uri,
  ...(code_verifier && { code_verifier }),
});
const meFirst = await (await me(first)).json();
const second = await first.refresh();
const meAgain = await (await me(second)).json();
await second.revokeAll();
const refused = await me(second);
const denied = await authorize(task.more, "deny");

report({
  first: first.token,
  me: meFirst,
  second: second.token,
  me_again: meAgain,
  status_after_revoke: refused.status,
  denied: denied.get("error"),
});
