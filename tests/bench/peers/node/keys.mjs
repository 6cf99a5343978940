// node:http and pg: a key by its digest in one prepared query; all on, with a limit in Valkey and the last use.

import { createHash } from "node:crypto";

import Redis from "ioredis";
import pg from "pg";
import { RateLimiterRedis } from "rate-limiter-flexible";

import { bearer, database, serve, valkey } from "./serve.mjs";

const pool = new pg.Pool(database());
const limiter = new RateLimiterRedis({ storeClient: new Redis(valkey()), keyPrefix: "node", points: 1e9, duration: 60 });

const LOOK_UP = {
  name: "look-up",
  text: `SELECT k.id AS key, k.last_used_at, u.id, u.username AS uid, u.email, u.first_name AS name
    FROM api_key k JOIN auth_user u ON u.id = k.user_id WHERE k.digest = $1`,
};
const NOTE_USE = { name: "note-use", text: "UPDATE api_key SET last_used_at = now() WHERE id = $1" };

serve(async (request) => {
  const digest = createHash("sha256").update(bearer(request)).digest();
  const { rows } = await pool.query({ ...LOOK_UP, values: [digest] });
  if (!rows.length) return [401, null];
  const [row] = rows;
  if (request.url === "/all-on") {
    try {
      await limiter.consume(row.id);
    } catch {
      return [429, null];
    }
    if (!row.last_used_at || Date.now() - row.last_used_at > 60_000) await pool.query({ ...NOTE_USE, values: [row.key] });
  }
  return [200, { id: row.uid, email: row.email, name: row.name }];
});
