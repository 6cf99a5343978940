import { jsonBody } from "../attempt.js";
import { list, type PagePromise } from "../page.js";
import type { CallOptions } from "../settings.js";
import type { Transport } from "../transport.js";

/** A part of the API, as an attribute of the client. */
export class Resource {
  /** @internal */
  protected readonly transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.transport = transport;
  }

  /** `path` is called when the call is made, so that what it throws rejects the promise. */
  protected pages<T>(path: () => string, params: object, options?: CallOptions): PagePromise<T> {
    return list(this.transport, path, params, options);
  }

  /** `content`: sent as JSON. */
  protected call<T>(method: string, path: string, options?: CallOptions, content?: unknown): Promise<T> {
    const body = content === undefined ? undefined : jsonBody(content);
    return this.transport.data<T>({ method, path, body }, options);
  }
}
