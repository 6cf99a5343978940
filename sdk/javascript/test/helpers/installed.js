// The package as `npm pack` makes it, installed into an empty folder.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
export const home = fileURLToPath(new URL("../..", import.meta.url));

/** Pack and install; `t.after` takes the folder away. `{ folder, files }`: where it is, and what was packed. */
export async function install(after) {
  const folder = mkdtempSync(join(tmpdir(), "craft-installed-"));
  after(() => rmSync(folder, { recursive: true }));
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { stdout } = await run("npm", ["pack", "--json", ...quiet, "--pack-destination", folder], { cwd: home });
  const packed = JSON.parse(stdout);
  const [{ filename, files }] = Array.isArray(packed) ? packed : Object.values(packed);
  writeFileSync(join(folder, "package.json"), '{"private": true, "type": "module"}');
  await run("npm", ["install", "--offline", ...quiet, join(folder, filename)], { cwd: folder });
  return { folder, files: files.map((file) => file.path) };
}

/** Run a program in the folder; what it prints. Rejects with all it said when it fails. */
export async function runModule(folder, name, code, env) {
  writeFileSync(join(folder, name), code);
  const { stdout } = await run("node", [name], { cwd: folder, env: { ...process.env, ...env } });
  return stdout;
}

/** Type-check modules of the folder as its user would; what is complained of. */
export async function typeCheck(folder, names, options) {
  const compilerOptions = { strict: true, target: "ES2022", skipLibCheck: false, types: [], ...options };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: names }));
  return run(join(home, "node_modules", ".bin", "tsc"), ["-p", folder, "--pretty", "false"]).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => stdout + stderr,
  );
}
