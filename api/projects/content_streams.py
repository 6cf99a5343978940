"""Answers with a file's content in a stream: as it is, or inside a JSON object, in flat memory either way."""

import binascii
import codecs
from collections.abc import Iterable, Iterator
from typing import IO, Any

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

CHUNK_BYTES = 3 * 65_536  # a multiple of 3: base64 of the pieces is base64 of the whole
AT_ONCE_BYTES = 2_621_440  # up to here an answer is made in one piece, and says its length


class Stream:
    """An open file as an iterable of answers' pieces; closed with the response that sends it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.file.read(CHUNK_BYTES):
            yield chunk

    def close(self) -> None:
        self.file.close()


class JSONStream(Stream):
    """The envelope with `data`, and in it `content` and `encoding`: text, or anything else in base64."""

    def __init__(self, file: IO[bytes], data: dict[str, Any], *, is_text: bool) -> None:
        super().__init__(file)
        self._is_text = is_text
        encoding = "utf-8" if is_text else "base64"
        self._around = orjson.dumps({"success": True, "data": {**data, "encoding": encoding, "content": ""}})

    def __iter__(self) -> Iterator[bytes]:
        yield self._around[:-3]  # up to the quotation mark that opens the content
        yield from self._text() if self._is_text else self._base64()
        yield self._around[-3:]

    def _text(self) -> Iterator[bytes]:
        decode = codecs.getincrementaldecoder("utf-8")().decode
        for chunk in super().__iter__():
            yield orjson.dumps(decode(chunk))[1:-1]

    def _base64(self) -> Iterator[bytes]:
        for chunk in super().__iter__():
            yield binascii.b2a_base64(chunk, newline=False)


def json_answer(stream: JSONStream, size: int, *, is_head: bool) -> HttpResponseBase:
    """The answer to a read of `size` bytes as JSON. An answer to HEAD reads no more than it must."""
    if size > AT_ONCE_BYTES:
        return StreamingHttpResponse(_begun(stream, is_head), content_type="application/json")
    body = b"".join(stream)
    stream.close()
    return HttpResponse(body, content_type="application/json", headers={"Content-Length": str(len(body))})


def raw_answer(file: IO[bytes], size: int, content_type: str, *, is_head: bool) -> HttpResponseBase:
    """The `size` bytes of an open file as they are."""
    return StreamingHttpResponse(
        _begun(Stream(file), is_head), content_type=content_type, headers={"Content-Length": str(size)}
    )


def _begun(stream: Stream, is_head: bool) -> Iterable[bytes]:
    if is_head:
        stream.close()
        return ()
    return stream
