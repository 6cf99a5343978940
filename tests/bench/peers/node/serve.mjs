// What both apps of this folder share: processes, where the services are, and the answer of Craft's /v1/me.

import cluster from "node:cluster";
import { createServer } from "node:http";

const processes = Number(process.env.PROCESSES);

/** The options of pg for DATABASE_URL, postgres://user@/folder/name. */
export function database() {
  const { username, pathname } = new URL(process.env.DATABASE_URL.replace("@/", "@localhost/"));
  const end = pathname.lastIndexOf("/");
  return { user: username, host: pathname.slice(1, end).replace(/^\/?/, "/"), database: pathname.slice(end + 1), max: 4 };
}

/** The options of ioredis for REDIS_URL, unix:///folder/socket?db=1. */
export function valkey() {
  const { pathname, searchParams } = new URL(process.env.REDIS_URL);
  return { path: pathname, db: Number(searchParams.get("db")) };
}

/** The bearer token of a request, or "". */
export function bearer(request) {
  return request.headers.authorization?.match(/^Bearer (\S+)$/)?.[1] ?? "";
}

/** Serve on PORT with PROCESSES processes; `answer` gives a status and what is about the caller, or null. */
export function serve(answer) {
  if (cluster.isPrimary) {
    for (let number = 0; number < processes; number += 1) cluster.fork();
    process.on("SIGTERM", () => process.exit());
    return;
  }
  createServer(async (request, response) => {
    const [status, user] = await answer(request);
    const body = user
      ? { success: true, data: { id: user.id, email: user.email, name: user.name } }
      : { success: false };
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  }).listen(Number(process.env.PORT), "127.0.0.1");
}
