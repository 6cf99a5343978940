"""Calls the asynchronous client as if it were the other one, so that one test tries both."""

import asyncio
import inspect
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from craft_sdk import AsyncCraftClient, AsyncFileDownload, AsyncPage
from craft_sdk._async.resource import AsyncResource

Wrapped = AsyncPage | AsyncFileDownload | AsyncCraftClient


class Blocking:
    """An asynchronous object whose methods wait for their result; what they give is wrapped likewise."""

    def __init__(self, target: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._target = target
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        if callable(value):
            return lambda *arguments, **named: self._waited(value(*arguments, **named))
        return Blocking(value, self._loop) if isinstance(value, AsyncResource) else value

    def __enter__(self) -> Any:
        return self._waited(self._target.__aenter__())

    def __exit__(self, *error: object) -> None:
        self._waited(self._target.__aexit__(*error))

    def __iter__(self) -> Iterator[Any]:
        if isinstance(self._target, AsyncPage):
            return iter(self._target)
        return self._each(self._target.__aiter__())

    def __len__(self) -> int:
        return len(self._target)

    def __getitem__(self, index: Any) -> Any:
        return self._target[index]

    def _waited(self, result: Any) -> Any:
        if inspect.isawaitable(result):
            result = _wait(result, self._loop)
        if inspect.isasyncgen(result):
            return self._each(result)
        return Blocking(result, self._loop) if isinstance(result, Wrapped) else result

    def _each(self, items: Any) -> Iterator[Any]:
        while True:
            try:
                yield _wait(items.__anext__(), self._loop)
            except StopAsyncIteration:
                return


@contextmanager
def background_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread of its own: Playwright keeps another one in the tests' thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns, from an event loop of its own."""
    with background_loop() as loop:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()


def _wait(value: Any, loop: asyncio.AbstractEventLoop) -> Any:
    return asyncio.run_coroutine_threadsafe(_await(value), loop).result()


async def _await(value: Any) -> Any:
    return await value
