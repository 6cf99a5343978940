// Runs a block of JavaScript from the public page as it stands, in an async function that returns what it made.

import { report, task } from "./script.mjs";

const AsyncFunction = (async () => {}).constructor;
const given = { ...task.given };
if (given.query) given.searchParams = new URLSearchParams(given.query); // of the callback's address
Object.assign(process.env, task.environment);

const names = ["response", ...task.makes];
const block = new AsyncFunction(...Object.keys(given), `${task.code}\nreturn { ${names.join(", ")} };`);
const { response, ...made } = await block(...Object.values(given));
report({ status: response.status, body: response.bodyUsed ? null : await response.json(), ...made });
