// Auth.js core: a site whose sign-in is Craft. Refresh and revocation are done the way its documentation shows,
// in the jwt callback and in the signOut event, since the library leaves both to the site.

import { Auth } from "@auth/core";
import { person, report, task } from "./script.mjs";

const SITE = "http://127.0.0.1:49152";
const METHODS = { basic: "client_secret_basic", body: "client_secret_post", public: "none" };
const answers = []; // of Craft's token endpoint
const faults = [];
const refusals = []; // on the way back from Craft
let isStale = false;

/** A request to one of Craft's OAuth endpoints by the site's own code. */
async function post(path, parameters) {
  const body = new URLSearchParams(parameters);
  const headers = {};
  if (task.mode === "basic") {
    headers.Authorization = `Basic ${btoa(`${task.client_id}:${task.client_secret}`)}`;
  } else {
    body.set("client_id", task.client_id);
    if (task.mode === "body") body.set("client_secret", task.client_secret);
  }
  const response = await fetch(`${task.url}/v1/oauth/${path}`, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`${path} answered ${await response.text()}`);
  return response.json();
}

function config(scope) {
  return {
    secret: "of-the-test-only-0123456789abcdef",
    trustHost: true,
    debug: true, // what the authorization server refused is told to debug()
    logger: {
      error: (error) => faults.push(error),
      warn() {},
      debug: (message, detail) => message === "OAuthCallbackError" && refusals.push(detail.error),
    },
    providers: [
      {
        id: "craft",
        name: "Craft",
        type: "oauth",
        issuer: task.url, // Craft sends iss (RFC 9207), so this must be set
        authorization: { url: `${task.url}/oauth/authorize`, params: { scope } },
        token: `${task.url}/v1/oauth/token`,
        userinfo: `${task.url}/v1/me`,
        clientId: task.client_id,
        clientSecret: task.client_secret ?? undefined,
        client: { token_endpoint_auth_method: METHODS[task.mode] },
        checks: ["pkce", "state"],
        profile: ({ data }) => data,
        account: (tokens) => tokens, // all of them: by default it keeps no expires_in
      },
    ],
    callbacks: {
      async jwt({ token, account, profile }) {
        if (account) {
          answers.push(account);
          return { ...token, profile, access: account.access_token, refresh: account.refresh_token };
        }
        if (!isStale) return token;
        const answer = await post("token", { grant_type: "refresh_token", refresh_token: token.refresh });
        answers.push(answer);
        return { ...token, access: answer.access_token, refresh: answer.refresh_token };
      },
      session: ({ session, token }) => ({ ...session, profile: token.profile, access: token.access }),
    },
    events: {
      signOut: ({ token }) => post("revoke", { token: token.refresh }),
    },
  };
}

/** A browser of that site: it keeps cookies. */
class Browser {
  cookies = new Map();
  constructor(scope) {
    this.config = config(scope);
  }
  async open(path, form) {
    const headers = new Headers({ cookie: [...this.cookies].map((pair) => pair.join("=")).join("; ") });
    const method = form ? "POST" : "GET";
    const body = form && new URLSearchParams({ csrfToken: await this.csrfToken(), ...form });
    if (form) headers.set("cookie", [...this.cookies].map((pair) => pair.join("=")).join("; "));
    const response = await Auth(new Request(new URL(path, SITE), { method, headers, body }), this.config);
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return response;
  }
  async csrfToken() {
    return (await (await this.open("/auth/csrf")).json()).csrfToken;
  }
  async signIn(answer) {
    const leave = await this.open("/auth/signin/craft", {});
    return this.open(await person(leave.headers.get("location"), answer));
  }
  async session() {
    return (await this.open("/auth/session")).json();
  }
}

async function me(token) {
  return fetch(`${task.url}/v1/me`, { headers: { Authorization: `Bearer ${token}` } });
}

const browser = new Browser(task.scope);
await browser.signIn("allow");
if (faults.length) throw faults[0].cause?.err ?? faults[0];
const { profile } = await browser.session(); // what Auth.js itself got from /v1/me
isStale = true;
const { access } = await browser.session();
isStale = false;
const meAgain = await (await me(access)).json();
await browser.open("/auth/signout", {});
if (faults.length) throw faults[0].cause?.err ?? faults[0];
const refused = await me(access);

const other = new Browser(task.more);
await other.signIn("deny");
if (await other.session()) throw new Error("signed in without leave");

report({
  first: answers[0],
  me: profile,
  second: answers[1],
  me_again: meAgain,
  status_after_revoke: refused.status,
  denied: refusals[0],
});
