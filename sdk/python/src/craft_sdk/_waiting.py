"""What the two halves do not share: to wait in a task, or (names without Async) in a thread."""

import asyncio
import inspect
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


class AsyncWaiting:
    """For `_async`; where that says AsyncWaiting, its copy in `_sync` says Waiting."""

    is_async = True
    Lock = asyncio.Lock
    sleep = staticmethod(asyncio.sleep)  # or it would be given the object as its seconds

    @staticmethod
    async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function gives, from a thread: it may take a while."""
        return await asyncio.to_thread(function, *args, **kwargs)

    @staticmethod
    async def given(value: T | Awaitable[T]) -> T:
        """What the caller's own function gave, be it a coroutine function or not."""
        if inspect.isawaitable(value):
            awaited: T = await value
            return awaited
        return value


class Waiting:
    """For `_sync`."""

    is_async = False
    Lock = threading.Lock
    sleep = staticmethod(time.sleep)  # or it would be given the object as its seconds

    @staticmethod
    def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function gives: this is the thread."""
        return function(*args, **kwargs)


class AsyncFinishing:
    """Lets work come to its end although who asked for it is cancelled."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What it gives."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._end)
        return await asyncio.shield(task)

    async def wait(self) -> None:
        """Until nothing is running any more."""
        if self._running:
            await asyncio.wait(self._running)

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be left to look at it, of which asyncio would complain


class Finishing:
    """For threads, which nobody cancels."""

    def run(self, result: T) -> T:
        """What the work gave."""
        return result

    def wait(self) -> None:
        """Nothing is running."""
