"""What the bot says: both languages say the same things, and whatever the code wants to say has its sentence."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import pytest

from bots import texts as texts_module
from bots.texts import Texts, TextsError, load_texts, numbered
from core.commands import parse
from core.events import Kind, Status, Tier
from core.messages import Audience, Choice, Json, Reply
from core.people import Role
from core.workflow import Action
from narratives.publications import PublicationAction, PublicationState
from points.rewards import RedemptionState
from storage.outbox import OutgoingState

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh", "en")
RAW = {
    language: tomllib.loads(Path(texts_module.__file__).with_name(f"{language}.toml").read_text(encoding="utf-8"))
    for language in LANGUAGES
}
# What the doors for browsers refuse with has a file of its own.
AT_A_DOOR = ("bots/web/", "bots/practice/")
ERRORS = tomllib.loads((ROOT / "bots/web/errors.toml").read_text(encoding="utf-8"))
Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"

# Keys that the code puts together, written out: the f-string as it stands in the code, and what it can be.
PUT_TOGETHER: dict[str, tuple[str, ...]] = {
    "progress_{event.status}": tuple(f"progress_{status}" for status in Status),
    "stars_{n}": tuple(f"stars_{n}" for n in range(1, 6)),
    "attachment_{incoming.attachment}": tuple(
        f"attachment_{name}" for name in ("voice", "video", "location", "sticker")
    ),
    "{key}_urgent": ("reported_urgent", "reported_unassigned_urgent"),
    "{WORDS[decision]}{more}": tuple(
        f"{word}{more}" for word in ("arrived", "resend", "drop_unsent") for more in ("", "_one")
    ),
    "{key}_same": ("reported_same", "reported_unassigned_same"),
}
# Who takes a key, and as which argument.
SAYING = {"Reply": 0, "Refused": 0, "tell_reporters": 0, "_saying": 0}
LABELLING = {"Choice": 1}

# The params that every call of these functions gives.
SPREAD = {
    "brief": {"number", "serial", "title", "category", "status", "deadline_at"},
    "handler_params": {"handler", "name", "role"},
    "named": {"log", "title", "text"},
}

# Enum values that are shown, by the table of words they are shown with.
SHOWN: tuple[tuple[str, type[StrEnum]], ...] = (
    ("status", Status),
    ("tier", Tier),
    ("role", Role),
    ("kind", Kind),
    ("redemption", RedemptionState),
    ("state", PublicationState),
    ("state", RedemptionState),
    ("sending", OutgoingState),
    ("action", Action),
    ("action", PublicationAction),
    ("audience", Audience),
)


@pytest.fixture(params=LANGUAGES)
def texts(request: pytest.FixtureRequest) -> Texts:
    return load_texts(request.param, "Asia/Shanghai")


@pytest.fixture
def zh() -> Texts:
    return load_texts("zh", "Asia/Shanghai")


def params_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def lines_with_params(sentence: str) -> list[set[str]]:
    return [names for line in sentence.split("\n") if (names := params_of(line))]


# ------------------------------------------------------------------------------------------------------ what the code says


def calls() -> Iterator[tuple[str, ast.Call, Function | None]]:
    """Every call of our code that takes a key, with the file it stands in and the function around it."""
    for package in ("core", "points", "narratives", "storage", "bots"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield from calls_in(ast.parse(path.read_text(encoding="utf-8")), str(path.relative_to(ROOT)), None)


def calls_in(node: ast.AST, path: str, around: Function | None) -> Iterator[tuple[str, ast.Call, Function | None]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        around = node
    if isinstance(node, ast.Call) and name_of(node) in SAYING | LABELLING:
        yield path, node, around
    for child in ast.iter_child_nodes(node):
        yield from calls_in(child, path, around)


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def argument(call: ast.Call) -> ast.expr | None:
    """The argument that is the key."""
    name = name_of(call)
    at, keyword = (SAYING[name], "key") if name in SAYING else (LABELLING[name], "label")
    if len(call.args) > at:
        return call.args[at]
    return next((given.value for given in call.keywords if given.arg == keyword), None)


def keys_of(call: ast.Call, around: Function | None) -> set[str]:
    """The keys a call can hand over."""
    return keys_in(argument(call), around)


def keys_in(expression: ast.expr | None, around: Function | None) -> set[str]:
    """The keys an expression can be: a literal, one of two, an f-string of the table, a name given one of them before."""
    match expression:
        case ast.Constant(value=str(key)):
            return {key}
        case ast.IfExp(body=one, orelse=other):
            return keys_in(one, around) | keys_in(other, around)
        case ast.JoinedStr():
            written = ast.unparse(expression)[2:-1]
            assert written in PUT_TOGETHER, f"say in PUT_TOGETHER what {written} can be"
            return set(PUT_TOGETHER[written])
        case ast.Name(id=name) if around is not None:
            given = [
                node.value
                for node in ast.walk(around)
                if isinstance(node, ast.Assign)
                and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
            ]
            return set(chain.from_iterable(keys_in(value, around) for value in given))
    return set()


def params_given(call: ast.Call) -> set[str] | None:
    """The names of the params a call gives, None when the code does not show them."""
    if name_of(call) == "Refused":
        return united({given.arg} if given.arg else names_of(given.value) for given in call.keywords)
    if name_of(call) != "Reply" or any(given.arg == "params" for given in call.keywords):
        return None
    return names_of(call.args[1]) if len(call.args) > 1 else set()


def names_of(params: ast.expr) -> set[str] | None:
    """The keys of a dict that is written out, with what is spread into it."""
    match params:
        case ast.Call() if name_of(params) in SPREAD:
            return SPREAD[name_of(params)]
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return united(
                {str(key.value)} if isinstance(key, ast.Constant) else names_of(value) for key, value in pairs
            )
    return None


def united(sets: Iterable[set[str] | None]) -> set[str] | None:
    """All of them together, None when one is not known."""
    known = list(sets)
    return None if None in known else set().union(*(names for names in known if names is not None))


CALLS = tuple(calls())


def keys_in_code(takers: Mapping[str, int]) -> set[tuple[str, str]]:
    """Every key that the code hands to these, with the file it stands in."""
    return {(path, key) for path, call, around in CALLS if name_of(call) in takers for key in keys_of(call, around)}


def test_every_sentence_the_code_says_exists() -> None:
    said = {(path, key) for path, key in keys_in_code(SAYING) if not path.startswith(AT_A_DOOR)}
    assert len(said) > 100
    assert {(path, key) for path, key in said if key not in RAW["zh"]["say"]} == set()


def test_every_refusal_at_a_door_for_browsers_exists() -> None:
    refused = {(path, key) for path, key in keys_in_code(SAYING) if path.startswith(AT_A_DOOR)}
    assert refused
    assert {(path, key) for path, key in refused if key not in ERRORS["zh"]} == set()
    assert ERRORS["zh"].keys() == ERRORS["en"].keys()
    assert [key for key in ERRORS["zh"] if params_of(ERRORS["zh"][key]) != params_of(ERRORS["en"][key])] == []


def test_every_label_of_a_choice_exists() -> None:
    labels = keys_in_code(LABELLING)
    assert len(labels) > 20
    assert {(path, key) for path, key in labels if key not in RAW["zh"]["choice"]} == set()


def test_what_the_code_puts_together_is_still_put_together() -> None:
    written = {
        ast.unparse(node)[2:-1]
        for _, call, around in CALLS
        for node in ast.walk(around or call)
        if isinstance(node, ast.JoinedStr)
    }
    assert set(PUT_TOGETHER) - written == set()


def test_a_sentence_asks_for_nothing_that_is_not_given() -> None:
    """Where the code shows all it gives: a param that never comes would leave its line out for ever."""
    missing = {
        (path, key, name)
        for path, call, around in CALLS
        if (given := params_given(call)) is not None
        for key in keys_of(call, around)
        for name in params_of((ERRORS["zh"] if path.startswith(AT_A_DOOR) else RAW["zh"]["say"]).get(key, "")) - given
    }
    assert missing == set()


def test_what_functions_spread_is_what_the_table_says() -> None:
    found: dict[str, set[str]] = {}
    for path in (ROOT / "core/loop/which.py", ROOT / "core/loop/feedback.py", ROOT / "narratives/meant.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name in SPREAD:
                given = next(step.value for step in node.body if isinstance(step, ast.Return))
                assert isinstance(given, ast.Dict)
                found[node.name] = {str(key.value) for key in given.keys if isinstance(key, ast.Constant)}
    assert found == SPREAD


# ------------------------------------------------------------------------------------------------------- the two languages


def test_both_languages_have_the_same_tables_and_keys() -> None:
    zh, en = RAW["zh"], RAW["en"]
    assert zh.keys() == en.keys() == {"words", "menu", "choice", "say"}
    assert zh["words"].keys() == en["words"].keys()
    for table in zh["words"]:
        assert zh["words"][table].keys() == en["words"][table].keys(), table
    assert zh["menu"].keys() == en["menu"].keys()
    assert zh["choice"].keys() == en["choice"].keys()
    assert zh["say"].keys() == en["say"].keys()


@pytest.mark.parametrize("table", ["choice", "say"])
def test_both_languages_name_the_same_params_line_by_line(table: str) -> None:
    """Line by line, because a line is left out as a whole."""
    zh, en = RAW["zh"][table], RAW["en"][table]
    differ = [key for key in zh if lines_with_params(zh[key]) != lines_with_params(en.get(key, ""))]
    assert differ == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_and_every_param_is_named(language: str) -> None:
    raw = RAW[language]
    for key, sentence in (*raw["say"].items(), *raw["choice"].items()):
        assert sentence.strip(), key
        for name in params_of(sentence):
            assert re.fullmatch(r"[a-z][a-z_]*", name), (key, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_has_a_sentence_for_its_items(language: str) -> None:
    say = RAW[language]["say"]
    lists = {key for key, sentence in say.items() if "items" in params_of(sentence)}
    assert {f"{key}.item" for key in lists} == {key for key in say if key.endswith(".item")}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("table", "values"), SHOWN, ids=lambda value: getattr(value, "__name__", value))
def test_every_value_that_is_shown_has_a_word(language: str, table: str, values: type[StrEnum]) -> None:
    assert {value for value in values if not RAW[language]["words"][table].get(value)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_the_ledger_has_a_word(language: str) -> None:
    rules = {"verified_report", "adopted_suggestion", "redemption", "reversal"}
    assert RAW[language]["words"]["rule"].keys() >= rules


# What the English sentences tell people to type, filled in.
TYPED = {
    "reported": "status 7",
    "rate_please": "reopen 7 still dirty",
    "withdraw_shared": "private 7",
    "nobody_has_it": "dispatch 7 李芳",
    "accepted": "progress 7 called the company",
    "assigned": "finish 7 swept and washed",
    "highest_tier": "transfer 7 李芳 needs a plumber",
    "change_how": "change L1 new words",
    "reason_needed_log": "refuse L1 faces can be seen",
    "catalogue": "redeem",
    "staff_free_text": "todo",
    "log_unknown": "review",
    "not_built": "help",
    "unsent": "resend 12",
    "posts_troubled": "unsent",
    "sending_outdated": "drop 12",
}


@pytest.mark.parametrize(("key", "typed"), TYPED.items(), ids=TYPED.keys())
def test_the_words_an_english_sentence_quotes_are_understood(key: str, typed: str) -> None:
    word = typed.split()[0]
    assert word in RAW["en"]["say"][key]
    assert parse(typed).word not in ("free_text", "report")


def test_every_word_of_the_english_help_is_understood() -> None:
    say = RAW["en"]["say"]
    filled = {"NUMBER": "7", "TEXT": "x y", "NAME": "李芳", "REASON": "x y", "WHY": "x y", "CODE": "ABCDEFGH"}
    for key in ("help_resident", "help_staff", "help_directing"):
        lines = re.sub(r"\(photos welcome\)|Just say what is wrong, or send: ", "", say[key]).split("\n")
        for words in chain.from_iterable(line.split(" · ") for line in lines):
            for placeholder, value in filled.items():
                words = words.replace(placeholder, value)
            assert parse(words.strip()).word != "free_text", words


# --------------------------------------------------------------------------------------------------------------- rendering


def test_a_line_with_a_missing_param_is_left_out(texts: Texts) -> None:
    params: dict[str, Json] = {"serial": 7, "title": "垃圾", "deadline_at": "2026-11-26T09:30:00+00:00"}
    with_reason = texts.render(Reply("reopened_for_handler", {**params, "reason": "还很脏"}))
    without = texts.render(Reply("reopened_for_handler", params))
    assert with_reason.startswith(without)
    assert len(with_reason.split("\n")) == 2
    assert len(without.split("\n")) == 1


@pytest.mark.parametrize("nothing", [None, "", []])
def test_an_empty_param_counts_as_missing(nothing: Json, zh: Texts) -> None:
    asked = zh.render(Reply("number_needed", {"word": "进度", "items": nothing}))
    assert asked == "是哪一件？点一下，或发：进度 编号"


def test_a_zero_is_not_missing(zh: Texts) -> None:
    assert zh.render(Reply("points_none", {"balance": 0})).startswith("您有 0 分。")


def test_moments_are_shown_in_local_time() -> None:
    reply = Reply("progress_new", {"serial": 7, "title": "垃圾", "deadline_at": "2026-11-25T16:05:00+00:00"})
    assert "11月26日 00:05" in load_texts("zh", "Asia/Shanghai").render(reply)
    assert "11-26 00:05" in load_texts("en", "Asia/Shanghai").render(reply)
    assert "11月25日 16:05" in load_texts("zh", "UTC").render(reply)


def test_the_entries_of_a_statement_show_local_time(texts: Texts) -> None:
    entry: Json = {"at": "2026-11-25T16:05:00+00:00", "rule": "verified_report", "points": "+5", "what": "垃圾"}
    shown = texts.render(Reply("points", {"balance": 5, "items": [entry]}))
    assert "00:05" in shown
    assert "+00:00" not in shown


def test_values_are_shown_by_their_words(texts: Texts) -> None:
    reply = Reply("handed_on", {"serial": 7, "role": Role.GRID_WORKER, "name": "王军"})
    assert texts.words["role"]["grid_worker"] in texts.render(reply)
    assert "grid_worker" not in texts.render(reply)


def test_a_list_is_written_item_by_item(zh: Texts) -> None:
    items: list[Json] = [
        {"serial": 7, "title": "垃圾", "status": "closed"},
        {"serial": 9, "title": "路灯", "status": "new"},
    ]
    shown = zh.render(Reply("my_events", {"items": items}))
    assert "编号7 垃圾（已办结）\n编号9 路灯（待分办）" in shown


@pytest.mark.parametrize("hostile", ["{0}", "{name}", "{", "}}", "{serial!r:>99}", "%s", "{text.__class__}"])
def test_what_a_resident_wrote_is_shown_as_it_is(hostile: str, texts: Texts) -> None:
    params: dict[str, Json] = {"serial": 7, "title": hostile, "text": hostile}
    assert texts.render(Reply("progress_for_reporter", params)).count(hostile) == 2
    items: list[Json] = [{"serial": 7, "title": hostile, "status": "new"}]
    assert hostile in texts.render(Reply("my_events", {"items": items}))
    assert hostile in texts.label(Choice("x", "did_you_mean", "x", {"word": hostile}))


def test_every_sentence_can_be_rendered_without_params(texts: Texts) -> None:
    for key in texts.say:
        texts.render(Reply(key))


SPARSE: dict[str, dict[str, Json]] = {
    # what is late and given to nobody has no handler
    "progress_late": {"serial": 7, "title": "垃圾", "deadline_at": "2026-11-25T09:30:00+00:00"},
    # progress may be photos alone
    "progress_for_reporter": {"serial": 7, "title": "垃圾", "text": ""},
}


@pytest.mark.parametrize(("key", "params"), SPARSE.items(), ids=SPARSE.keys())
def test_the_least_that_is_known_still_says_something(key: str, params: dict[str, Json], texts: Texts) -> None:
    assert "7" in texts.render(Reply(key, params))


def test_choices_become_a_numbered_list() -> None:
    assert numbered("派给谁？", ["李芳", "王军"]) == "派给谁？\n1 李芳\n2 王军"


# ------------------------------------------------------------------------------------------------ a community's own words


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_community_may_say_it_in_its_own_words(tmp_path: Path) -> None:
    path = own(tmp_path, '[say]\nok = "好嘞！"\n[choice]\napprove = "怎么用"\n')
    texts = load_texts("zh", "Asia/Shanghai", path)
    assert texts.render(Reply("ok")) == "好嘞！"
    assert texts.label(Choice("approve", "approve", "通过 L1")) == "怎么用"
    assert texts.render(Reply("thanks")) == RAW["zh"]["say"]["thanks"]


def test_a_community_may_leave_params_out(tmp_path: Path) -> None:
    path = own(tmp_path, '[say]\nsettled = "编号{serial} 结束。"\n')
    texts = load_texts("zh", "Asia/Shanghai", path)
    assert texts.render(Reply("settled", {"serial": 7})) == "编号7 结束。"


WRONG = {
    "an unknown key": ('[say]\nokk = "好"\n', "there is no sentence say.okk"),
    "an unknown label": ('[choice]\nyess = "是"\n', "there is no sentence choice.yess"),
    "an unknown param": ('[say]\nok = "好，{reporter}"\n', r"say\.ok may use \[\], not \['reporter'\]"),
    "another table": ('[words]\nstatus = "x"\n', r"\[words\] cannot be changed"),
    "broken TOML": ("[say]\nok = 好\n", "own.toml"),
}


@pytest.mark.parametrize(("text", "reason"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_in_a_community_file_is_told_with_its_reason(tmp_path: Path, text: str, reason: str) -> None:
    path = own(tmp_path, text)
    with pytest.raises(TextsError, match=reason) as caught:
        load_texts("zh", "Asia/Shanghai", path)
    assert str(path) in str(caught.value)


UNFILLABLE = {
    "a brace that is not closed": 'ok = "好 {"',
    "a place without a name": 'settled = "编号{} 结束。"',
    "a conversion": 'settled = "编号{serial!x} 结束。"',
    "a number format": 'settled = "编号{serial:d} 结束。"',
    "no text at all": "ok = 5",
}


@pytest.mark.parametrize("sentence", UNFILLABLE.values(), ids=UNFILLABLE.keys())
def test_a_sentence_that_could_never_be_filled_is_refused_at_the_start(tmp_path: Path, sentence: str) -> None:
    path = own(tmp_path, f"[say]\n{sentence}\n")
    with pytest.raises(TextsError, match=r"say\.(ok|settled)"):
        load_texts("zh", "Asia/Shanghai", path)


def test_a_community_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TextsError, match="nowhere"):
        load_texts("zh", "Asia/Shanghai", tmp_path / "nowhere.toml")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(TextsError, match="'fr'"):
        load_texts("fr", "Asia/Shanghai")
