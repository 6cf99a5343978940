// better-auth with its API keys: `verifyApiKey`, then the key's user. LIMIT=on: with the plugin's own limit.
// `node better-auth.mjs seed USERS` makes tables, people and keys, and prints the keys as JSON.

import { apiKey } from "@better-auth/api-key";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import pg from "pg";

import { bearer, database, serve } from "./serve.mjs";

const enabled = process.env.LIMIT === "on";
const auth = betterAuth({
  baseURL: "http://127.0.0.1",
  secret: "for-the-bench-only-0123456789abcdef",
  database: new pg.Pool(database()),
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [apiKey({ rateLimit: { enabled, timeWindow: 60_000, maxRequests: 1e9 } })],
});

async function seed(users) {
  await (await getMigrations(auth.options)).runMigrations();
  const keys = [];
  for (let number = 0; number < users; number += 1) {
    const { user } = await auth.api.signUpEmail({
      body: { email: `u${number}@example.com`, name: "Bench User", password: "correct-horse-battery" },
    });
    keys.push((await auth.api.createApiKey({ body: { userId: user.id, name: "Bench" } })).key);
  }
  process.stdout.write(JSON.stringify(keys), () => process.exit());
}

if (process.argv[2] === "seed") await seed(Number(process.argv[3]));
else {
  const { internalAdapter } = await auth.$context;
  serve(async (request) => {
    const { valid, key } = await auth.api.verifyApiKey({ body: { key: bearer(request) } });
    return valid ? [200, await internalAdapter.findUserById(key.referenceId)] : [401, null];
  });
}
