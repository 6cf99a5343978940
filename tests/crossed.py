"""Of a test that crosses several parameters, which rows `make test` runs: each value, but not each pair.

    @pytest.mark.crossed  # why no pair can go wrong alone
    @pytest.mark.parametrize("method", …)
    @pytest.mark.parametrize("path", …)

The values go around together, the longest list once through, so that they also meet in changing pairs. The
other rows are variants, which `make test-all` runs.
"""

from collections import defaultdict

import pytest


def _axes(item: pytest.Item) -> list[str]:
    """What is told of the row's value of each parameter; names of one `parametrize` vary together."""
    values: dict[str, object] = dict(item.callspec.params)  # type: ignore[attr-defined]  # of a parametrised one
    together: list[list[str]] = []
    for mark in item.iter_markers("parametrize"):
        names = mark.args[0]
        split = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
        together.append(split)
    named = {name for names in together for name in names}
    together += [[name] for name in values if name not in named]  # parameters of a fixture
    return [repr([values[name] for name in names]) for names in together]


def mark_variants(items: list[pytest.Item]) -> None:
    """Mark every row of a crossed test that `make test` can do without."""
    tests: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("crossed"):
            tests[item.nodeid.partition("[")[0]].append(item)
    for rows in tests.values():
        axes = {row: _axes(row) for row in rows}
        kept = _go_around(list(axes.values()))
        seen = {(number, value) for values in kept for number, value in enumerate(values)}
        for row, values in axes.items():
            told = set(enumerate(values))
            if values not in kept and told <= seen:
                row.add_marker("variant")
            seen |= told


def _go_around(rows: list[list[str]]) -> list[list[str]]:
    """Those in which every list of values is at the same turn, the shorter ones again from their start."""
    lists = [list(dict.fromkeys(values)) for values in zip(*rows, strict=True)]
    turns = range(max(map(len, lists)))
    around = [[values[turn % len(values)] for values in lists] for turn in turns]
    return [row for row in around if row in rows]
