"""Numbers of bytes, as people write and read them."""

import re

UNITS = {"TiB": 2**40, "GiB": 2**30, "MiB": 2**20, "KiB": 2**10}
SIZE = re.compile(rf"([0-9]{{1,15}})({'|'.join(UNITS)})?")


def parse_size(text: str) -> int | None:
    """`1GiB`, `500MiB` or plain bytes as a number of bytes; None for anything else."""
    match = SIZE.fullmatch(text)
    return int(match[1]) * UNITS.get(match[2], 1) if match else None


def use_in_words(used: int, limit: int) -> str:
    """`0.4 GiB of 1 GiB`: both in the largest unit of which the limit has one."""
    for unit, length in UNITS.items():
        if limit >= length:
            whole = f"{limit // length:,}" if limit % length == 0 else f"{limit / length:,.1f}"
            return f"{used / length:,.1f} {unit} of {whole} {unit}"
    return f"{used:,} of {limit:,} bytes"
