"""The house rules, read from the source with ast: which way imports go, where each library lives, what stays pure."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 350

# bots -> storage -> {points | narratives} -> core: what each package may import of the house
MAY_IMPORT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "core": frozenset({"core"}),
        "points": frozenset({"points", "core"}),
        "narratives": frozenset({"narratives", "core"}),
        "storage": frozenset({"storage", "points", "narratives", "core"}),
        "bots": frozenset({"bots", "storage", "points", "narratives", "core"}),
    }
)
PACKAGES = frozenset(MAY_IMPORT)
BESIDE_THE_PACKAGES = frozenset({"docs", "data", "build", "dist", "htmlcov", "__pycache__"})

# The packages whose every line is a plain function of its arguments, and the outside libraries they may use.
PURE: Mapping[str, frozenset[str]] = MappingProxyType({"core": frozenset({"rapidfuzz"}), "points": frozenset()})

# Where an outside library may be imported: a package, a folder of one, or a single module.
HOMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rapidfuzz": ("core",),
        "tortoise": ("storage",),
        "pypika_tortoise": ("storage",),
        "asyncpg": ("storage",),
        "aiosqlite": ("storage",),
        "PIL": ("narratives", "storage"),
        "matplotlib": ("narratives",),
        "numpy": ("narratives",),
        "typst": ("narratives",),
        "segno": ("narratives",),
        "jinja2": ("narratives", "bots/web"),
        "markupsafe": ("narratives", "bots/web"),
        "telegram": ("bots/telegram",),
        "httpx": ("bots/telegram",),
        "wechatpy": ("bots/wechat",),
        "requests": ("bots/wechat",),
        "xmltodict": ("bots/wechat",),
        "cryptography": ("bots/wechat",),
        "aiohttp": ("bots",),
        "multidict": ("bots",),
        "yarl": ("bots",),
        "pydantic": ("bots",),
        "pydantic_core": ("bots",),
        "pydantic_settings": ("bots",),
        "typer": ("bots",),
        "rich": ("bots",),
        "structlog": ("bots",),
        "prometheus_client": ("bots",),
    }
)

IMPURE_MODULES = frozenset(
    "os sys io random secrets uuid time asyncio threading multiprocessing concurrent subprocess signal socket ssl "
    "select selectors http urllib smtplib ftplib sqlite3 dbm shelve tempfile shutil glob fileinput importlib pkgutil "
    "platform locale getpass".split()
)
IMPURE_CALLS = frozenset({"open", "input", "print", "breakpoint"})
IMPURE_METHODS = frozenset({"read_text", "read_bytes", "write_text", "write_bytes"})
CLOCKS = frozenset({"now", "utcnow", "today"})
CLOCK_OWNERS = frozenset({"datetime", "date"})


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name in full, relative imports resolved: `from core import loop` gives `core.loop`."""

    module: str
    name: str
    line: int

    @property
    def full(self) -> str:
        return f"{self.module}.{self.name}".strip(".") if self.name else self.module

    @property
    def top(self) -> str:
        return self.full.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the repository: its path from the root, with slashes, and its text."""

    path: str
    text: str

    @property
    def package(self) -> str:
        return self.path.partition("/")[0]

    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.path)

    def imports(self) -> Iterator[Import]:
        """Every import wherever it stands: in a function, under TYPE_CHECKING, or by import_module with a literal."""
        here = self.path.removesuffix(".py").split("/")[:-1]
        for node in ast.walk(self.tree()):
            match node:
                case ast.Import(names=names):
                    yield from (Import(alias.name, "", node.lineno) for alias in names)
                case ast.ImportFrom(module=module, names=names, level=level):
                    parts = here[: len(here) - level + 1] if level else []
                    base = ".".join([*parts, module] if module else parts)
                    yield from (Import(base, alias.name, node.lineno) for alias in names)
                case ast.Call(func=func, args=[ast.Constant(value=str(named)), *_]) if ast.unparse(func) in (
                    "__import__",
                    "import_module",
                    "importlib.import_module",
                ):
                    yield Import(named, "", node.lineno)

    def lies_in(self, home: str) -> bool:
        return self.path == f"{home}.py" or self.path.startswith(f"{home}/")


Rule = Callable[[Source], Iterator[str]]


def breaks_the_direction(source: Source) -> Iterator[str]:
    allowed = MAY_IMPORT.get(source.package)
    for found in source.imports() if allowed else ():
        if found.top in PACKAGES | {"tests"} and found.top not in (allowed or ()):
            yield f"{source.path}:{found.line} {source.package} may not import {found.full}"


def breaks_the_neighbours(source: Source) -> Iterator[str]:
    forbidden = {"points", "narratives", "storage"} - {source.package}
    for found in source.imports() if source.package in ("points", "narratives") else ():
        if found.top in forbidden:
            yield f"{source.path}:{found.line} {source.package} knows {found.full}; what ties them is bots/reactions.py"


def breaks_the_standard_library(source: Source) -> Iterator[str]:
    for found in source.imports() if source.package in PURE else ():
        known = sys.stdlib_module_names | PACKAGES | PURE[source.package]
        if found.top not in known:
            yield f"{source.path}:{found.line} {source.package} may not use the library {found.top}"


def breaks_the_homes(source: Source) -> Iterator[str]:
    for found in source.imports() if source.package in PACKAGES else ():
        homes = HOMES.get(found.top)
        if homes and not any(source.lies_in(home) for home in homes):
            yield f"{source.path}:{found.line} {found.top} belongs in {' or '.join(homes)} only"


def breaks_the_list_of_homes(source: Source) -> Iterator[str]:
    known = sys.stdlib_module_names | PACKAGES | HOMES.keys() | {"tests"}
    for found in source.imports() if source.package in PACKAGES else ():
        if found.top not in known:
            yield f"{source.path}:{found.line} {found.top} has no home yet: name one in HOMES"


def breaks_purity(source: Source) -> Iterator[str]:
    if source.package not in PURE:
        return
    clocks = set(CLOCK_OWNERS)
    for found in source.imports():
        if found.top in IMPURE_MODULES:
            yield f"{source.path}:{found.line} {found.top} reaches outside"
        if found.top == "pathlib" and not found.name.startswith("Pure"):
            yield f"{source.path}:{found.line} only the Pure… classes of pathlib never touch a disk"
    tree = source.tree()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "datetime":
            clocks |= {alias.asname for alias in node.names if alias.asname and alias.name in CLOCK_OWNERS}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called)) if called in IMPURE_CALLS:
                yield f"{source.path}:{node.lineno} {called}() reaches outside"
            case ast.Attribute(attr=attr) if attr in IMPURE_METHODS:
                yield f"{source.path}:{node.lineno} .{attr} reaches a disk"
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=attr) if (
                attr in CLOCKS and owner in clocks
            ):
                yield f"{source.path}:{node.lineno} {owner}.{attr} reads the clock: take `now` as an argument"


def breaks_the_length(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if source.package in PACKAGES and lines > MAX_LINES:
        yield f"{source.path}:{MAX_LINES + 1} has {lines} lines; {MAX_LINES} are the most"


def breaks_the_star(source: Source) -> Iterator[str]:
    for found in source.imports():
        if found.name == "*":
            yield f"{source.path}:{found.line} imports everything from {found.module}"


def breaks_the_figure(source: Source) -> Iterator[str]:
    for found in source.imports():
        if f"{found.full}.".startswith(("matplotlib.pyplot.", "matplotlib.pylab.", "pylab.")):
            yield f"{source.path}:{found.line} {found.full} keeps global state: use matplotlib.figure.Figure"


def wrong_folders(folders: Mapping[str, bool]) -> list[str]:
    """What is wrong with the top level; `folders` says of each folder there whether it holds Python."""
    seen = {name for name in folders if not name.startswith(".")} - BESIDE_THE_PACKAGES
    code = {name for name in seen if folders[name]}
    expected = PACKAGES | {"tests"}
    strays = seen - expected - code
    return [
        *(f"{name}/ is missing" for name in sorted(expected - code)),
        *(f"{name}/ is not one of the six" for name in sorted(code - expected)),
        *(f"{name}/ has no place at the top level" for name in sorted(strays)),
    ]


def sources() -> Iterator[Source]:
    for package in sorted(PACKAGES | {"tests"}):
        for file in sorted((ROOT / package).rglob("*.py")):
            yield Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))


def breaches(rule: Rule) -> list[str]:
    return [breach for source in sources() for breach in rule(source)]


def test_imports_go_downward_only_from_bots_to_storage_to_points_or_narratives_to_core() -> None:
    assert breaches(breaks_the_direction) == []


def test_points_and_narratives_know_neither_each_other_nor_storage() -> None:
    assert breaches(breaks_the_neighbours) == []


def test_core_and_points_use_the_standard_library_only_and_core_rapidfuzz_besides() -> None:
    assert breaches(breaks_the_standard_library) == []


def test_each_outside_library_is_imported_in_its_one_home_only() -> None:
    assert breaches(breaks_the_homes) == []


def test_no_outside_library_comes_in_without_a_home() -> None:
    assert breaches(breaks_the_list_of_homes) == []


def test_core_and_points_touch_no_clock_no_chance_no_file_and_no_environment() -> None:
    assert breaches(breaks_purity) == []


def test_no_file_of_the_five_packages_is_longer_than_350_lines() -> None:
    assert breaches(breaks_the_length) == []


def test_nothing_is_imported_by_star() -> None:
    assert breaches(breaks_the_star) == []


def test_pyplot_is_imported_nowhere() -> None:
    assert breaches(breaks_the_figure) == []


def test_the_top_level_holds_the_five_packages_and_the_tests_and_no_other_code() -> None:
    folders = {
        folder.name: any(folder.rglob("*.py"))
        for folder in ROOT.iterdir()
        if folder.is_dir() and not folder.name.startswith(".")
    }
    assert wrong_folders(folders) == []


INVENTED: tuple[tuple[Rule, str, str], ...] = (
    (breaks_the_direction, "core/loop/collect.py", "from storage.models import EventRow"),
    (breaks_the_direction, "core/index.py", "def f():\n    from points import ledger"),
    (breaks_the_direction, "storage/media.py", "import bots.config"),
    (breaks_the_direction, "core/loop/handle.py", "from ...bots import app"),
    (breaks_the_direction, "storage/queries.py", "from importlib import import_module\nimport_module('bots.app')"),
    (breaks_the_direction, "bots/answer.py", "from tests.builders import event"),
    (breaks_the_neighbours, "points/award.py", "if TYPE_CHECKING:\n    import narratives"),
    (breaks_the_neighbours, "narratives/story.py", "from points.ledger import Entry"),
    (breaks_the_neighbours, "narratives/publish.py", "import storage.media as media"),
    (breaks_the_standard_library, "core/messages.py", "import pydantic"),
    (breaks_the_standard_library, "points/ledger.py", "from rapidfuzz import fuzz"),
    (breaks_the_homes, "bots/answer.py", "from telegram import Update"),
    (breaks_the_homes, "bots/telegrams.py", "import telegram.ext"),
    (breaks_the_homes, "bots/app.py", "import wechatpy"),
    (breaks_the_homes, "bots/app.py", "from tortoise import Tortoise"),
    (breaks_the_homes, "narratives/card.py", "from aiohttp import web"),
    (breaks_the_homes, "storage/media.py", "import typst"),
    (breaks_the_homes, "bots/practice/pages.py", "from jinja2 import Environment"),
    (breaks_the_homes, "bots/telegram/photos.py", "from PIL import Image"),
    (breaks_the_homes, "storage/settings.py", "from pydantic_settings import BaseSettings"),
    (breaks_the_list_of_homes, "bots/app.py", "import flask"),
    (breaks_purity, "core/deadlines.py", "import time"),
    (breaks_purity, "core/policy.py", "from os import environ"),
    (breaks_purity, "core/policy.py", "from pathlib import Path"),
    (breaks_purity, "points/rewards.py", "from secrets import choice"),
    (breaks_purity, "points/rewards.py", "text = place.read_text()"),
    (breaks_purity, "points/earning.py", "with open('rules') as rules: pass"),
    (breaks_purity, "core/tracking.py", "from datetime import UTC, datetime\nlate = datetime.now(UTC)"),
    (breaks_purity, "core/tracking.py", "import datetime as d\nday = d.date.today()"),
    (breaks_purity, "core/facts.py", "from datetime import datetime as Moment\nfield(default_factory=Moment.utcnow)"),
    (breaks_the_length, "storage/models/events.py", "\n" * (MAX_LINES + 1)),
    (breaks_the_star, "bots/web/pages.py", "from core.events import *"),
    (breaks_the_figure, "narratives/charts.py", "import matplotlib.pyplot as plt"),
    (breaks_the_figure, "tests/narratives/test_charts.py", "from matplotlib import pyplot"),
)


@pytest.mark.parametrize(("rule", "path", "text"), INVENTED)
def test_an_invented_breach_is_reported_with_its_file_and_line(rule: Rule, path: str, text: str) -> None:
    reports = list(rule(Source(path, text)))
    assert len(reports) == 1
    assert reports[0].startswith(f"{path}:")


LAWFUL = (
    ("core/understanding/place.py", "import __future__, rapidfuzz\nfrom ..areas import A"),
    ("core/loop/collect.py", "from . import assign\ndue = command.now\nuow.events.open(1)"),
    ("points/award.py", "from pathlib import PurePosixPath\nfrom core.events import Event"),
    ("narratives/charts.py", "from matplotlib.figure import Figure\nimport typst, jinja2, segno, PIL"),
    ("storage/media.py", "import os, points.ledger, narratives.publications, core.facts\nfrom tortoise import fields"),
    ("bots/web/pages.py", "import jinja2, aiohttp, storage.queries\nnow = datetime.now()"),
    ("bots/telegram/door.py", "from telegram.ext import Application\nfrom bots.answer import answer"),
    ("tests/storage/test_media.py", "import bots.app, tortoise, telegram"),
)


@pytest.mark.parametrize(("path", "text"), LAWFUL)
def test_an_invented_lawful_file_is_reported_by_no_rule(path: str, text: str) -> None:
    rules = {rule for rule, _, _ in INVENTED}
    assert [report for rule in rules for report in rule(Source(path, text))] == []


def test_a_stray_or_missing_folder_is_reported() -> None:
    six = dict.fromkeys([*PACKAGES, "tests"], True)
    assert wrong_folders({**six, "docs": False, ".ci": False, ".venv": True}) == []
    assert wrong_folders({**six, "utils": True}) == ["utils/ is not one of the six"]
    assert wrong_folders({**six, "stuff": False}) == ["stuff/ has no place at the top level"]
    assert wrong_folders({**six, "points": False}) == ["points/ is missing"]
