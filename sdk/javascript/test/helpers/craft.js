// The real server that tests/sdk started: its people, keys and apps, made by its own code in tests/e2e/shell.py.

import { connect } from "node:net";
import { text } from "node:stream/consumers";

const given = JSON.parse(process.env.CRAFT_TEST);

/** Address of the server: pages and API. */
export const url = given.url;
/** Where apps send people back to; nothing listens there. */
export const redirectUri = "http://127.0.0.1/callback";
export const PASSWORD = given.password;
/** The folder that holds the files' bytes. */
export const storage = given.storage;

process.env.CRAFT_BASE_URL = url;
process.env.CRAFT_WEB_URL = url;
delete process.env.CRAFT_API_KEY;

/** The value of `answer` after running Python against the server's database; `given` is there as JSON. */
export async function ask(code, value = null) {
  const connection = connect({ path: given.shell, allowHalfOpen: true });
  connection.end(JSON.stringify({ code, given: value }));
  const answer = JSON.parse(await text(connection));
  if ("error" in answer) throw new Error(answer.error);
  return answer.value;
}

let people = 0;

/**
 * Accounts that no other test uses. Of each name: `{ email, name, id, key, readOnlyKey }`; the plan is
 * `internal`, which has no limits, unless `plans` says otherwise.
 */
export async function newPeople(names, plans = {}) {
  const asked = names.map((name) => ({
    email: `${name}-${process.pid}-${++people}@example.com`,
    name,
    plan: plans[name] ?? "internal",
  }));
  const made = await ask(MAKE_PEOPLE, { people: asked, password: PASSWORD });
  return Object.fromEntries(made.map((person) => [person.name, person]));
}

// The password is hashed once and outside of any transaction: that takes long, and others wait to write.
const MAKE_PEOPLE = `
from django.contrib.auth.hashers import make_password
from accounts.services import create_user
from apikeys.services import create_key
hashed = make_password(given["password"])
answer = []
for one in given["people"]:
    user = create_user(**one)
    user.password = hashed
    user.save(update_fields=["password"])
    key = create_key(user, name="Read and write", permission="read-write")[1]
    read_only = create_key(user, name="Read only", permission="read-only")[1]
    answer.append({"email": user.email, "name": user.name, "id": user.uid, "key": key, "readOnlyKey": read_only})
`;

/** An app that may ask for these scopes, admin included: `{ clientId, clientSecret }`; a public one has no secret. */
export async function newApp({ isPublic = false, scopes = "read write delete" } = {}) {
  const [clientId, clientSecret] = await ask(MAKE_APP, { isPublic, scopes: scopes.split(" "), redirectUri });
  return { clientId, clientSecret: clientSecret ?? undefined, redirectUri };
}

const MAKE_APP = `
import uuid
from accounts.services import create_user
from api.oauth.services.applications import create_app
owner = create_user(email=f"developer-{uuid.uuid4().hex}@example.com")
basic = [scope for scope in given["scopes"] if scope != "admin"] or ["read"]
app, secret = create_app(
    owner, name="An app", redirect_uris=given["redirectUri"], is_public=given["isPublic"], scopes=basic
)
app.allowed_scope, app.admin_enabled = " ".join(given["scopes"]), "admin" in given["scopes"]
app.save()
answer = [app.client_id, secret]
`;

/** Let every access token of an account end now; what refreshes them stays. */
export function expireTokens(email) {
  return ask(
    `
from django.utils import timezone
from api.oauth.models import AccessToken
answer = AccessToken.objects.filter(user__email=given).update(expires=timezone.now())
`,
    email,
  );
}

/** How many refresh tokens an account's apps ever got: one by the code, one more by each refresh. */
export function countRefreshTokens(email) {
  return ask(
    `
from api.oauth.models import RefreshToken
answer = RefreshToken.objects.filter(user__email=given).count()
`,
    email,
  );
}

/**
 * Let the minute of an account's limit have only seconds left, enough to be refused once more on a busy machine;
 * without Redis it passes as it is.
 */
export function endMinute(email) {
  return ask(
    `
import redis
from django.conf import settings
from accounts.models import User
answer = True
if settings.REDIS_URL:
    windows = f"quota:user:{User.objects.get(email=given).pk}"
    client = redis.Redis.from_url(settings.REDIS_URL)
    answer = client.hexists(windows, "minute:end")
    client.hset(windows, "minute:end", (client.time()[0] + 5) * 1000)
assert answer
`,
    email,
  );
}
