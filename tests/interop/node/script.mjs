// What the scripts share. The task is the first line of standard input; lines of JSON go out:
// one for each link that the person is to open, answered by a line in, and the report at the end.

import { createInterface } from "node:readline";

const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();

async function readLine() {
  return JSON.parse((await lines.next()).value);
}

export const task = await readLine();

/** Have the person open an authorize link and "allow" or "deny"; resolves to the callback URL. */
export async function person(url, answer) {
  console.log(JSON.stringify({ url: String(url), answer }));
  return new URL(await readLine());
}

/** Tell the test what the client saw, and end. */
export function report(seen) {
  console.log(JSON.stringify({ report: seen }));
  input.close();
}
