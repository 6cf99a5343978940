/** Cuts what can be uploaded into pieces. */

import { invalid } from "../paths.js";

const PIECE = 65_536; // bytes

/** What can be uploaded. */
export type UploadContent =
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | string
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** The content in one of three kinds: what can be read again and again, and what can be read once. */
export function normalise(content: UploadContent): Blob | Uint8Array | AsyncIterable<Uint8Array> {
  if (typeof content === "string") return new TextEncoder().encode(content);
  if (content instanceof Blob) return content;
  if (content instanceof ArrayBuffer) return new Uint8Array(content);
  if (ArrayBuffer.isView(content)) return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  if (content instanceof ReadableStream) return piecesOf(content);
  if (typeof content?.[Symbol.asyncIterator] === "function") return content;
  throw invalid("content", "This must be a Blob, bytes, text or a stream of bytes.");
}

/** How many bytes it has; undefined for a stream, which does not say. */
export function sizeOf(content: Blob | Uint8Array | AsyncIterable<Uint8Array>): number | undefined {
  if (content instanceof Blob) return content.size;
  return content instanceof Uint8Array ? content.byteLength : undefined;
}

/** The content in pieces that are small enough to tell progress by. */
export async function* pieces(content: Blob | Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) return yield* slices(content);
  for await (const piece of content instanceof Blob ? piecesOfBlob(content) : content) {
    if (!(piece instanceof Uint8Array)) throw invalid("content", "The stream must give bytes (Uint8Array).");
    yield* slices(piece);
  }
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** A file of the disk is read when it is sent. Throws InvalidRequestError: it is not as it was any more. */
async function* piecesOfBlob(blob: Blob): AsyncGenerator<Uint8Array> {
  try {
    yield* piecesOf(blob.stream());
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "NotReadableError")) throw error;
    throw invalid("content", "The file changed, or is gone, since it was opened.", error);
  }
}

/** Not every browser can iterate a ReadableStream itself. */
async function* piecesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let isThrough = false;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    isThrough = true;
  } finally {
    if (!isThrough) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}
