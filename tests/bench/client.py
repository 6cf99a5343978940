"""A small HTTP/1.1 client that sends requests over some connections for some seconds.

`python client.py` reads what to do as JSON: port, seconds, connections, requests ([method, path, headers,
body], taken in turn), and, where calls are to begin at fixed moments whether or not the ones before were
answered, `rate`, in calls a second. It prints JSON: seconds, and how many milliseconds each call took; with a
rate these count from the moment at which the call was due. Exits 1 at the first status but 2xx and 3xx.
"""

import asyncio
import json
import sys
import time
from itertools import count
from typing import Any

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def encode(method: str, path: str, headers: dict[str, str], body: str) -> bytes:
    """A request as it goes over the wire."""
    length = {"Content-Length": str(len(body.encode()))} if body else {}
    lines = [f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **headers, **length}.items()]
    return f"{method} {path} HTTP/1.1\r\n{''.join(lines)}\r\n{body}".encode()


async def call(connection: Pair, request: bytes) -> None:
    """One request and the whole of its answer."""
    reader, writer = connection
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if head[9] not in "23":
        sys.exit(f"answered {head.splitlines()[0]}")
    if "transfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    elif "content-length:" in head:
        await reader.readexactly(int(head.partition("content-length:")[2].split("\r\n", 1)[0]))


async def closed_loop(connections: list[Pair], requests: list[bytes], seconds: float) -> list[float]:
    """Each connection sends its next request when its last one was answered."""
    turn, took = count(), []
    end = time.perf_counter() + seconds

    async def caller(connection: Pair) -> None:
        while (start := time.perf_counter()) < end:
            await call(connection, requests[next(turn) % len(requests)])
            took.append(time.perf_counter() - start)

    await asyncio.gather(*map(caller, connections))
    return took


async def open_loop(
    connections: list[Pair], requests: list[bytes], seconds: float, rate: float
) -> list[float]:
    """A call is due every 1/rate seconds. It waits for a free connection, which counts as its time."""
    free: asyncio.LifoQueue[Pair] = asyncio.LifoQueue()
    for connection in connections:
        free.put_nowait(connection)
    took: list[float] = []
    start = time.perf_counter()

    async def one(number: int, due: float) -> None:
        connection = await free.get()
        await call(connection, requests[number % len(requests)])
        took.append(time.perf_counter() - due)
        free.put_nowait(connection)

    async with asyncio.TaskGroup() as calls:
        for number in range(int(seconds * rate)):
            due = start + number / rate
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            calls.create_task(one(number, due))
    return took


async def main(asked: dict[str, Any]) -> None:
    """Do it and print what came of it."""
    requests = [encode(*each) for each in asked["requests"]]
    connections = [
        await asyncio.open_connection("127.0.0.1", asked["port"]) for _ in range(asked["connections"])
    ]
    start = time.perf_counter()
    if rate := asked.get("rate"):
        took = await open_loop(connections, requests, asked["seconds"], rate)
    else:
        took = await closed_loop(connections, requests, asked["seconds"])
    seconds = time.perf_counter() - start
    json.dump({"seconds": seconds, "milliseconds": [each * 1000 for each in took]}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(json.load(sys.stdin)))
