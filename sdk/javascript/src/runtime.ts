/** What differs between Node, Deno, Bun and browsers. */

/** An environment variable; undefined where it is not set or empty, or where there is no environment. */
export function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return process?.env?.[name] || undefined;
  } catch {
    return undefined; // Deno without the permission to read it
  }
}

/** Whether this is a browser, whose fetch keeps User-Agent and Content-Length to itself (Fetch standard). */
export function isBrowser(): boolean {
  const probe = new Request("http://localhost/", { method: "POST", headers: { "Content-Length": "0" } });
  return !probe.headers.has("Content-Length");
}

/** Whether a stream can be sent with its length, which the API wants: Node and Bun do so, Deno and browsers do not. */
export function sendsStreams(): boolean {
  return !isBrowser() && !("Deno" in globalThis);
}
