/** The body of an upload, with progress. */

import type { Body, OpenBody } from "../attempt.js";
import type { Deadline } from "../deadline.js";
import { invalid } from "../paths.js";
import { untilAborted } from "../retry.js";
import { sendsStreams } from "../runtime.js";
import type { CallOptions } from "../settings.js";
import { normalise, pieces, sizeOf, type UploadContent } from "./chunks.js";

const LARGE = 65_536; // bytes: what is smaller has gone out whole before a server can refuse it

export type { UploadContent } from "./chunks.js";

/** Bytes so far, and in all; `total` is null where nobody knows. */
export type OnProgress = (loaded: number, total: number | null) => void;

/** Options of an upload. */
export interface UploadOptions extends CallOptions {
  /**
   * The media type to serve the file with; default the Blob's own, else what the path's ending stands for.
   * JSON is always known by the path's ending.
   */
  contentType?: string | undefined;
  /** How many bytes a stream has. The API wants to know beforehand; without it, LengthRequiredError. */
  size?: number | undefined;
  /**
   * Called as bytes go out; a call that is tried again begins anew. In browsers and Deno, which do not tell how
   * far an upload is, it is called once, at the end of reading.
   */
  onProgress?: OnProgress | undefined;
}

type Source = { content: Blob | Uint8Array | AsyncIterable<Uint8Array>; size: number | undefined };

/** The body of an upload. Throws InvalidRequestError when `size` is wrong. */
export function uploadBody(content: UploadContent, options: UploadOptions): Body {
  const source: Source = { content: normalise(content), size: options.size };
  const size = sizeOf(source.content);
  if (size !== undefined && options.size !== undefined && size !== options.size) {
    throw invalid("size", `This is ${options.size}, but there are ${size} bytes.`);
  }
  if (options.size !== undefined && !(Number.isInteger(options.size) && options.size >= 0)) {
    throw invalid("size", "This must be a whole number from 0.");
  }
  source.size ??= size;
  const type = options.contentType ?? (content instanceof Blob ? content.type : "");
  const headers = { "Content-Type": mediaType(type) };
  return {
    isRepeatable: size !== undefined,
    heldBack: heldBack(source.size, headers),
    open: (deadline) => (sendsStreams() ? asStream : asBlob)(source, headers, deadline, options.onProgress),
  };
}

/** To the API, `application/json` is JSON that holds a file, not a file of JSON. */
function mediaType(type: string): string {
  const isJson = /^\s*application\/json\s*(;|$)/i.test(type);
  return type === "" || isJson ? "application/octet-stream" : type;
}

/** Node and Bun send a stream with the length that the header tells. */
function asStream(
  { content, size }: Source,
  headers: Record<string, string>,
  deadline: Deadline,
  onProgress?: OnProgress,
): OpenBody {
  const failures: unknown[] = [];
  const iterator = counted(content, size, deadline, onProgress)[Symbol.asyncIterator]();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          failures.push(error);
          controller.error(error);
        }
      },
      async cancel() {
        await iterator.return?.(undefined);
      },
    },
    { highWaterMark: 0 }, // a piece is taken when the connection wants it
  );
  return { content: stream, headers: { ...headers, ...lengthOf(size) }, failures };
}

function lengthOf(size: number | undefined): Record<string, string> {
  return size === undefined ? {} : { "Content-Length": String(size) };
}

/** A body that never comes, after its first byte; without that byte Node would not send the head either. */
function heldBack(size: number | undefined, headers: Record<string, string>): Body | undefined {
  if ((size !== undefined && size < LARGE) || !sendsStreams()) return undefined;
  const open = (): OpenBody => {
    const content = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array(1)) });
    return { content, headers: { ...headers, ...lengthOf(size) } };
  };
  return { isRepeatable: true, open };
}

/** Browsers and Deno send a Blob with its length, and nothing else; a stream has to be collected into one. */
async function asBlob(
  { content, size }: Source,
  headers: Record<string, string>,
  deadline: Deadline,
  onProgress?: OnProgress,
): Promise<OpenBody> {
  const isStream = sizeOf(content) === undefined;
  const parts = isStream ? await collect(counted(content, size, deadline), deadline.signal) : [content as BlobPart];
  const blob = new Blob(parts);
  deadline.pause(); // nobody tells when it is through
  onProgress?.(blob.size, blob.size);
  return { content: blob.size ? blob : new Uint8Array(), headers }; // Deno tells no length of an empty Blob
}

/** All pieces; rejects as soon as the signal is aborted, whether or not another piece comes. */
function collect(stream: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<BlobPart[]> {
  const run = async (): Promise<BlobPart[]> => {
    const parts: BlobPart[] = [];
    for await (const piece of stream) {
      if (signal.aborted) break;
      parts.push(piece as BlobPart);
    }
    return parts;
  };
  return untilAborted(run(), signal);
}

/** The pieces, told to `onProgress` as they go. Throws InvalidRequestError when there are not `size` bytes. */
async function* counted(
  content: Source["content"],
  size: number | undefined,
  deadline: Deadline,
  onProgress?: OnProgress,
): AsyncGenerator<Uint8Array, void, undefined> {
  let loaded = 0;
  for await (const piece of pieces(content)) {
    loaded += piece.byteLength;
    if (size !== undefined && loaded > size) throw invalid("size", `This is ${size}, but the stream has more bytes.`);
    deadline.restart();
    yield piece;
    onProgress?.(loaded, size ?? null);
  }
  if (size !== undefined && loaded < size) {
    throw invalid("size", `This is ${size}, but the stream has ${loaded} bytes.`);
  }
  if (loaded === 0) onProgress?.(0, size ?? null);
}
