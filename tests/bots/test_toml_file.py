"""The lines of a TOML file: every value of every kind of notation is found where it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from bots.toml_file import KeyPath, TomlLines

TEXT = """
# a comment with [a.header] and key = 1
top = "@1" # and "another" one
"quoted key" = '@2'
a.dotted."key" = "@3"
many = [ "@4", # [ not a list
  "@5",
  [ "@6", '''
below @7''' ],
]
inline = { one = "@8", two = { three = "@9" }, list = [ { x = "@10" }, { x = "@11" } ] }
text = \"\"\"
[no.header]
@12 \\\"\"\" = "still text"
\"\"\"
escaped = "a \\" # [x] @13"
when = 2026-11-23 09:30:00 # @14

[ table . "sub.table" ]
x = "@15"

[[list]]
x = "@16"
[list.table]
x = "@17"
[[list]]
x = "@18"
[[list.deep]]
x = "@19"
[[list.deep]]
y = ["@20",
     "@21"]
[after]
x = "@22"
"""


def values(table: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Every text in it, with its path."""
    if isinstance(table, dict):
        for key, value in table.items():
            yield from values(value, (*path, key))
    elif isinstance(table, list):
        for index, value in enumerate(table):
            yield from values(value, (*path, index))
    elif isinstance(table, str):
        yield path, table


def test_every_value_is_found_on_its_line() -> None:
    lines, rows = TomlLines(TEXT), TEXT.splitlines()
    found = list(values(tomllib.loads(TEXT)))
    assert len(found) == 21
    for path, value in found:
        first = lines.of(path) - 1
        mark = value[value.index("@") :].split()[0].rstrip('"')
        assert any(mark in row for row in rows[first : first + 3]), (path, value, rows[first])
        if value.startswith("@"):
            assert mark in rows[first]


def test_a_value_that_is_missing_stands_where_its_table_begins() -> None:
    lines = TomlLines(TEXT)
    assert TEXT.splitlines()[lines.of(("list", 1, "name")) - 1] == "[[list]]"
    assert lines.of(("list", 1, "name")) > lines.of(("list", 0, "name"))
    assert lines.of(("nothing",)) == 1


def test_an_empty_file_has_its_first_line() -> None:
    assert TomlLines("").of(("x", 0, "y")) == 1
