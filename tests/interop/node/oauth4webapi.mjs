// oauth4webapi, which checks every answer against its RFC. It is told the address of the API and nothing else.

import * as oauth from "oauth4webapi";
import { person, report, task } from "./script.mjs";

const http = { [oauth.allowInsecureRequests]: true }; // the server of the test speaks http on loopback
const client = { client_id: task.client_id };
const authentication = {
  basic: () => oauth.ClientSecretBasic(task.client_secret),
  body: () => oauth.ClientSecretPost(task.client_secret),
  public: () => oauth.None(),
}[task.mode]();

// From the API to its authorization server (RFC 9728), and from there to the endpoints (RFC 8414).
const api = new URL(`${task.url}/v1`);
const resource = await oauth.processResourceDiscoveryResponse(api, await oauth.resourceDiscoveryRequest(api, http));
const issuer = new URL(resource.authorization_servers[0]);
const server = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { ...http, algorithm: "oauth2" }),
);

async function authorize(scope, answer) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: task.client_id,
    redirect_uri: task.redirect_uri,
    response_type: "code",
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  // Checks state and iss (RFC 9207); throws what the server refused.
  const callback = oauth.validateAuthResponse(server, client, await person(url, answer), state);
  return { callback, verifier };
}

async function me(token) {
  const response = await oauth.protectedResourceRequest(
    token, "GET", new URL(`${task.url}/v1/me`), undefined, undefined, http,
  );
  return response.json();
}

const { callback, verifier } = await authorize(task.scope, "allow");
const first = await oauth.processAuthorizationCodeResponse(
  server,
  client,
  await oauth.authorizationCodeGrantRequest(
    server, client, authentication, callback, task.redirect_uri, verifier, http,
  ),
);
const meFirst = await me(first.access_token);

const second = await oauth.processRefreshTokenResponse(
  server,
  client,
  await oauth.refreshTokenGrantRequest(server, client, authentication, first.refresh_token, http),
);
const meAgain = await me(second.access_token);

if (task.mode !== "public") {
  const told = await oauth.processIntrospectionResponse(
    server,
    client,
    await oauth.introspectionRequest(server, client, authentication, second.access_token, http),
  );
  if (!told.active || told.scope !== task.scope) throw new Error(`introspection says ${JSON.stringify(told)}`);
}

await oauth.processRevocationResponse(
  await oauth.revocationRequest(server, client, authentication, second.refresh_token, http),
);
const refused = await me(second.access_token).catch((error) => error);
const [challenge] = refused.cause;
if (challenge.scheme !== "bearer" || challenge.parameters.error !== "invalid_token") {
  throw new Error(`challenged by ${JSON.stringify(challenge)}`);
}

const denied = await authorize(task.more, "deny").catch((error) => error);

report({
  first,
  me: meFirst,
  second,
  me_again: meAgain,
  status_after_revoke: refused.status,
  denied: denied.error,
});
