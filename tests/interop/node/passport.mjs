// passport-oauth2, driven as Passport drives a strategy: one request to begin, one for the callback.

import OAuth2Strategy from "passport-oauth2";
import { person, report, task } from "./script.mjs";

const strategy = new OAuth2Strategy(
  {
    authorizationURL: `${task.url}/oauth/authorize`,
    tokenURL: `${task.url}/v1/oauth/token`,
    clientID: task.client_id,
    clientSecret: task.client_secret,
    callbackURL: task.redirect_uri,
    state: true,
    pkce: task.mode === "public",
  },
  // The refresh token is told beside the answer, and taken out of it.
  (accessToken, refresh_token, answer, profile, done) => done(null, { ...answer, refresh_token }),
);

function authenticate(request, options) {
  return new Promise((resolve, reject) => {
    const one = Object.create(strategy);
    Object.assign(one, { redirect: resolve, success: resolve, fail: (told) => resolve({ told }), error: reject });
    one.authenticate(request, options);
  });
}

async function authorize(scope, answer) {
  const session = {};
  const url = await authenticate({ query: {}, session }, { scope });
  const callback = (await person(url, answer)).searchParams;
  return [callback, await authenticate({ query: Object.fromEntries(callback), session }, { scope })];
}

function refresh(token) {
  return new Promise((resolve, reject) => {
    const asked = { grant_type: "refresh_token" };
    strategy._oauth2.getOAuthAccessToken(token, asked, (error, _, refresh_token, answer) =>
      error ? reject(new Error(error.data)) : resolve({ ...answer, refresh_token }),
    );
  });
}

function me(token) {
  return fetch(`${task.url}/v1/me`, { headers: { Authorization: `Bearer ${token.access_token}` } });
}

const [, first] = await authorize(task.scope, "allow");
const meFirst = await (await me(first)).json();
const second = await refresh(first.refresh_token);
const meAgain = await (await me(second)).json();
await fetch(`${task.url}/v1/oauth/revoke`, {
  method: "POST",
  body: new URLSearchParams({
    token: second.refresh_token,
    client_id: task.client_id,
    ...(task.client_secret && { client_secret: task.client_secret }),
  }),
});
const refused = await me(second);
const [callback, denied] = await authorize(task.more, "deny");
if (!denied.told) throw new Error("a no was taken for a yes");

report({
  first,
  me: meFirst,
  second,
  me_again: meAgain,
  status_after_revoke: refused.status,
  denied: callback.get("error"),
});
