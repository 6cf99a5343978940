"""What is asked of Valkey, counted there: in this process's database, commands of scripts among them."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.conf import settings

END = "the end of what is recorded"


@contextmanager
def recorded() -> Iterator[list[str]]:
    """The names of the commands that are run meanwhile, in their order; complete once the block has ended."""
    client = redis.Redis.from_url(settings.REDIS_URL, single_connection_client=True)
    number = client.connection_pool.connection_kwargs.get("db", 0)
    client.ping()  # connects, before anything is recorded
    names: list[str] = []
    monitoring = redis.Redis.from_url(settings.REDIS_URL).monitor()  # type: ignore[no-untyped-call]  # its own
    with monitoring as monitor:
        yield names
        client.echo(END)
        for each in monitor.listen():
            if each["command"] == f"ECHO {END}":
                return
            if each["db"] == number:
                names.append(each["command"].split()[0].upper())
