"""Where templates run, ours and a community's own: a small part of jinja2, with a bound to every repetition and length.

What jinja2's sandbox gives: no names that begin with an underscore, no Python internals, range of at most 100,000,
nothing that changes what it was given. What it lacks: a bound to nested loops, to `"a" * 10**9` and to doubling a text
again and again. So no template may call, include, import, define or multiply anything, literals are constants, a text
grows to at most LONGEST characters, and loops and super() together go round at most ROUNDS times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from types import TracebackType
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    nodes,
)
from jinja2.runtime import BlockReference, Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

from core.privacy import clean
from narratives.words import TEMPLATES, Fault, Words, ours

LONGEST = 4000  # characters of any text a template makes
ROUNDS = 1000
SOURCE = 20_000  # characters of one template
OURS = "ours"  # {% extends "ours/post.zh.j2" %} reaches our template of a name that the community has, too
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Extends, nodes.Block, nodes.If, nodes.For, nodes.Assign,
    nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Add, nodes.Sub, nodes.Neg, nodes.Call,
    nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword,
)  # fmt: skip
_LITERAL = (nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Const)
_CALLABLE = frozenset({"super", "range"})
_FILTERS = ("length", "first", "last", "default", "upper", "lower", "trim", "replace", "join", "abs", "string")
_SPACES = re.compile(" {2,}")
_rounds: ContextVar[int] = ContextVar("rounds")


class Forbidden(TemplateSyntaxError):
    """A part of jinja2 that templates here do without."""


class Endless(SecurityError):
    """It goes round more often than anything worth reading does."""


class Misshapen(Exception):
    """What came out cannot be used. `key` names the reason in the words' table [fault]."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text, and why a community's own template was not used for it."""

    text: str
    faults: tuple[Fault, ...] = ()


def render(
    names: Sequence[str], words: Words, most: int, check: Callable[[str], bool] = bool, /, **data: object
) -> Rendered:
    """The first template there is of `names`, filled; ours when the community's own fails in any way.

    Its own fails when it raises, or gives nothing, more than `most` characters, or what `check` does not accept.
    """
    if words.folder is None:
        return Rendered(_filled(_ours(), names, data))
    try:
        written = _written(words.folder)
        text = _filled(_theirs(words.folder, written) if written else _ours(), names, data)
        if key := "empty" if not text else "long" if len(text) > most else "" if check(text) else "frame":
            raise Misshapen(key)
    except Exception as error:  # whatever a community's template does: ours is told instead, and staff hear of it
        return Rendered(_filled(_ours(), names, data), (_fault(error, names, words, most),))
    return Rendered(text)


def misread(words: Words) -> tuple[Fault, ...]:
    """What is wrong with the templates of a community's own that can be seen without a story to tell."""
    faults = []
    written = _written(words.folder) if words.folder else ()
    for name, _ in written:
        try:
            _theirs(words.folder, written).get_template(name)
        except Exception as error:  # as above
            faults.append(_fault(error, (name,), words, LONGEST))
    return tuple(faults)


def short(text: str, limit: int) -> str:
    """The text in one line, cut with …… where it is longer than the limit; a cut prefers the end of a clause."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    line = line[:limit]
    clause = max(line.rfind(mark) for mark in "。！？；，,;")
    if clause >= limit * 2 // 3:
        line = line[:clause]
    return line.rstrip("。！？；，、：,;: ") + ours("zh").say("format", "more")


def _filled(environment: _Sandbox, names: Sequence[str], data: Mapping[str, object]) -> str:
    """The text without empty lines, and no space beside another or at a line's end: where a part is missing."""
    token = _rounds.set(0)
    try:
        made, pieces = 0, []
        for piece in environment.select_template(list(names)).generate(**data):
            pieces.append(piece)
            made += len(piece)
            if made > 4 * LONGEST:  # spaces and empty lines still go
                raise Misshapen("long")
    finally:
        _rounds.reset(token)
    lines = (_SPACES.sub(" ", line).strip() for line in clean("".join(pieces)).splitlines())
    return "\n".join(line for line in lines if line)


def _opening(text: str) -> str:
    """The text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def _lowered(text: str) -> str:
    """The text as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def _spaced(text: str) -> str:
    """The text as it stands after a Chinese word: a number keeps a space before it."""
    return f" {text}" if text[:1].isdigit() else text


def _spend(rounds: int) -> None:
    spent = _rounds.get(0) + rounds
    if spent > ROUNDS:
        raise Endless(f"more than {ROUNDS} rounds")
    _rounds.set(spent)


def _counted(items: object) -> tuple[object, ...]:
    """What a loop goes over, its rounds counted."""
    if not isinstance(items, (list, tuple, range)):
        raise SecurityError(f"for … in {type(items).__name__}")
    _spend(max(len(items), 1))
    return tuple(items)


def _bounded(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        raise SecurityError(f"more than {LONGEST} characters")
    return value


def _spoken(value: Any) -> Any:
    """What may be printed: texts and numbers, never an object."""
    if value is None or not isinstance(value, (str, int, float, Undefined)):
        raise SecurityError(f"{{{{ {type(value).__name__} }}}}")
    return _bounded(value)


def _as_bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)  # keeps what jinja2 wrote on it about its first argument
    def bounded(*args: Any, **kwargs: Any) -> Any:
        for given in (*args, *kwargs.values()):
            _bounded(given)
        return _bounded(function(*args, **kwargs))

    return bounded


class _Sandbox(ImmutableSandboxedEnvironment):
    """For plain text: nothing is escaped, since nothing of it is ever HTML."""

    intercepted_binops = frozenset({"+", "-"})

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            autoescape=False,
            undefined=StrictUndefined,
            finalize=_spoken,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.filters = {name: _as_bounded(self.filters[name]) for name in _FILTERS}
        self.filters |= {"short": _as_bounded(short), "counted": _counted, "spoken": _spoken, "bounded": _bounded}
        self.filters |= {"opening": _opening, "lowered": _lowered, "spaced": _spaced}
        self.globals = {"range": range}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if not all(isinstance(side, (int, float, StrictUndefined)) for side in (left, right)):
            raise SecurityError(f"{operator} with {type(left).__name__} and {type(right).__name__}; ~ joins texts")
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        if __obj is not range and not isinstance(__obj, BlockReference):  # whatever somebody called range or super
            raise SecurityError(f"{type(__obj).__name__}( )")
        _spend(1)
        return super().call(__context, __obj, *args, **kwargs)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """jinja2's hook between reading a template and compiling it."""
        for node in _within(source):
            if wrong := _forbidden(node):
                raise Forbidden(wrong, getattr(node, "lineno", 0) or 0, name, filename)
        for loop in source.find_all(nodes.For):
            loop.iter = _through("counted", loop.iter, self)
        for joined in source.find_all(nodes.Concat):
            joined.nodes = [_through("spoken", operand, self) for operand in joined.nodes]
        for assigned in source.find_all(nodes.Assign):
            assigned.node = _through("bounded", assigned.node, self)
        return super()._generate(source, name, filename, defer_init)


def _through(name: str, node: nodes.Node, environment: _Sandbox) -> nodes.Filter:
    assert isinstance(node, nodes.Expr)
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno, environment=environment)


def _within(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _within(child)


def _forbidden(node: nodes.Node) -> str:
    """What is not allowed about a node, as it stands in a template; "" for nothing."""
    match node:
        case nodes.Call(node=nodes.Name(name=name)) if name in _CALLABLE:
            return ""
        case nodes.Call():
            return "( )"
        case nodes.For(recursive=True):
            return "recursive"
        case nodes.Extends(template=nodes.Const()):
            return ""
        case nodes.Tuple(ctx="store"):
            return ""
        case nodes.List() | nodes.Tuple() | nodes.Dict():
            return "" if all(isinstance(inner, _LITERAL) for inner in _within(node)) else "[ ] { }"
        case _:
            return "" if isinstance(node, _ALLOWED) and not isinstance(node, nodes.Extends) else type(node).__name__


class _Folder(FileSystemLoader):
    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, current = super().get_source(environment, template)
        if len(source) > SOURCE:
            raise Forbidden(f"> {SOURCE}", 0, template, path)
        return source, path, current


@lru_cache(maxsize=1)
def _ours() -> _Sandbox:
    return _Sandbox(FileSystemLoader(TEMPLATES))


@lru_cache(maxsize=8)
def _theirs(folder: Path, written: tuple[tuple[str, int], ...]) -> _Sandbox:
    """A community's templates before ours, made anew whenever what is `written` there changes."""
    return _Sandbox(
        ChoiceLoader([_Folder(folder), FileSystemLoader(TEMPLATES), PrefixLoader({OURS: FileSystemLoader(TEMPLATES)})])
    )


def _written(folder: Path) -> tuple[tuple[str, int], ...]:
    """The names of the templates in a folder and when each was written, in nanoseconds."""
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.j2") if path.is_file()))


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (Forbidden, "forbidden"),
    (TemplateSyntaxError, "syntax"),
    (UndefinedError, "undefined"),
    (TemplateNotFound, "missing"),
    (Endless, "endless"),
    (RecursionError, "endless"),
    (SecurityError, "forbidden"),
)


def _fault(error: Exception, names: Sequence[str], words: Words, most: int) -> Fault:
    """Where and why a community's template failed, in words for staff."""
    assert words.folder is not None
    key = next((key for kind, key in _REASONS if isinstance(error, kind)), "broken")
    if isinstance(error, Misshapen):
        key = error.key
    detail = " ".join(clean(str(error)).split())[:200] or type(error).__name__
    if isinstance(error, UndefinedError) and (named := re.findall("'([^']*)'", detail)):
        detail = named[-1]
    file, line = _place(error.__traceback__, words.folder)
    if isinstance(error, TemplateSyntaxError):
        file, line, detail = Path(error.filename or error.name or "").name, error.lineno, error.message or ""
    file = file or next((name for name in names if (words.folder / name).is_file()), names[-1])
    return Fault(file, line, ours(words.language).say("fault", key, detail=detail, most=most, rounds=ROUNDS))


def _place(trace: TracebackType | None, folder: Path) -> tuple[str, int]:
    """The innermost line of the community's own templates in a traceback, ("", 0) when none is in it."""
    file, line = "", 0
    while trace:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.parent == folder:
            file, line = path.name, trace.tb_lineno
        trace = trace.tb_next
    return file, line
