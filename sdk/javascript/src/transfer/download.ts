/** A file that comes in as a stream, with progress. */

import type { Deadline } from "../deadline.js";
import { APIConnectionError, APITimeoutError } from "../errors.js";
import { invalid } from "../paths.js";
import { unexpected } from "../refusals.js";
import type { CallOptions } from "../settings.js";
import type { OnProgress } from "./upload.js";

const ETAG = /^(W\/)?"([0-9a-f]{64})"$/; // weak where a proxy compressed the file

/** Options of a download. */
export interface DownloadOptions extends CallOptions {
  /** The version that the file must be, its `sha256` or ETag; else PreconditionFailedError. */
  ifMatch?: string | undefined;
  /** Called as the bytes are read. */
  onProgress?: OnProgress | undefined;
}

/** A file on its way. Read it once, by `body` or one of the methods, or let go of it by `body.cancel()`. */
export class FileDownload {
  /** The bytes. What breaks off gives APIConnectionError, APITimeoutError or the signal's reason. */
  readonly body: ReadableStream<Uint8Array>;
  /** The file's version, for `ifMatch`: its SHA-256 in double quotes. */
  readonly etag: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly contentType: string;
  /** Bytes; null where a proxy hides it. */
  readonly size: number | null;

  /** @internal */
  constructor(body: ReadableStream<Uint8Array>, headers: Headers, size: number | null) {
    this.body = body;
    this.etag = headers.get("ETag") ?? "";
    this.sha256 = ETAG.exec(this.etag)?.[2] ?? "";
    this.contentType = headers.get("Content-Type") ?? "application/octet-stream";
    this.size = size;
  }

  /** All of it. APIConnectionError where it is not what its ETag says; a page without https cannot tell. */
  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.#whole());
  }

  /** All of it as UTF-8, checked as `bytes` is. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.#whole());
  }

  /** All of it as a Blob of its type, checked as `bytes` is. */
  async blob(): Promise<Blob> {
    return new Blob([await this.#whole()], { type: this.contentType });
  }

  #take(): Response {
    try {
      return new Response(this.body);
    } catch {
      throw invalid("body", "A download can be read once, and this one was, or is being read.");
    }
  }

  async #whole(): Promise<ArrayBuffer> {
    const content = await this.#take().arrayBuffer();
    const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined; // none in a page without https
    if (subtle && hex(await subtle.digest("SHA-256", content)) !== this.sha256) throw changed();
    return content;
  }
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function changed(): APIConnectionError {
  return new APIConnectionError("The content is not the one that was announced.");
}

/** Makes a download of an answer. The deadline goes on: it bounds each silence of the server. */
export function readDownload({ onProgress }: DownloadOptions) {
  return async (response: Response, deadline: Deadline): Promise<{ value: FileDownload; keeps: boolean }> => {
    if (response.status !== 200 || !ETAG.test(response.headers.get("ETag") ?? "")) throw unexpected(response);
    deadline.pause();
    const size = sizeOf(response.headers);
    const body = watched(response, deadline, size, onProgress);
    return { value: new FileDownload(body, response.headers, size), keeps: true };
  };
}

/** What Content-Length says, unless it is about a compressed form. */
function sizeOf(headers: Headers): number | null {
  const length = headers.get("Content-Length") ?? "";
  // Browsers hide Content-Encoding from pages of another origin; the weak ETag shows.
  const isCompressed = headers.has("Content-Encoding") || headers.get("ETag")?.startsWith("W/");
  return isCompressed || !/^\d{1,15}$/.test(length) ? null : Number(length);
}

function watched(
  response: Response,
  deadline: Deadline,
  size: number | null,
  onProgress?: OnProgress,
): ReadableStream<Uint8Array> {
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  let loaded = 0;
  const next = async (): ReturnType<typeof reader.read> => {
    deadline.restart();
    try {
      return await reader.read();
    } catch (thrown) {
      const error = deadline.explain(thrown);
      if (!(error instanceof APIConnectionError) || error instanceof APITimeoutError) throw error;
      const whole = size === null ? "" : ` of ${size}`;
      throw new APIConnectionError(`The connection broke off after ${loaded}${whole} bytes.`, thrown);
    } finally {
      deadline.pause();
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await next();
          loaded += value?.byteLength ?? 0;
          if (value || loaded === 0) onProgress?.(loaded, size);
          if (value) controller.enqueue(value);
          if (!done) return;
          if (loaded < (size ?? 0)) throw changed();
          deadline.end();
          controller.close();
        } catch (error) {
          deadline.abandon();
          throw error;
        }
      },
      cancel() {
        deadline.abandon();
      },
    },
    { highWaterMark: 0 },
  );
}
