"""The words people type, each with the use case that answers it. The dialogue exists once, for every channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bots import sending
from bots.joining import bind, unbind
from bots.living import ask_home, live, told_home
from bots.workbench import workbench_link
from core.commands import SPELLING, Command, Word, nearest_word, parse
from core.errors import Refused
from core.events import Kind
from core.loop import assign, collect, evaluate, feedback, handle
from core.messages import Choice, Reply
from core.people import Right, Role, rights_in
from core.ports import Asked
from core.privacy import mask, mask_name
from core.turn import Turn
from core.understanding.verdict import Verdict, verdict_of
from core.workflow import Action
from narratives import editing, notices, publish, withdrawal
from narratives.publications import PublicationKind
from points import redeem
from storage.sending import Decision
from storage.unit_of_work import Unit

Answering = Callable[[Command, Turn, Unit], Awaitable[Reply]]

STARS_ASKED = ("rate_please", "rate_please_public", "stars_needed")
_REPORTING = frozenset({Role.RESIDENT, Role.VOLUNTEER, Role.PARTNER})
_YES_OR_NO: Mapping[str, str] = {
    **dict.fromkeys(("是", "是的", "对", "对的", "没错", "是同一件", "同一件"), "yes"),
    **dict.fromkeys(("不是", "不是的", "不对", "不一样", "两件事", "不是同一件"), "no"),
}


async def answer_words(text: str, turn: Turn, uow: Unit, replied: Asked | None = None) -> Reply:
    """What to say to these words (already stripped of the mention), with all they cause written through the unit.

    `replied` is what the message answers, where the platform says so. Words that cannot be an answer cost no look-up.
    """
    try:
        return await _answer_words(text, turn, uow, replied)
    except Refused as refused:
        raise ask_home(refused, text, turn) from None


async def _answer_words(text: str, turn: Turn, uow: Unit, replied: Asked | None) -> Reply:
    command = _about_shown(parse(text, turn.policy.bot_name), replied)
    if turn.community is None and (told := await told_home(text, command, turn, uow)) is not None:
        return await live(*told, turn, uow, answer_words)
    verdict = verdict_of(text)
    yes_or_no = _YES_OR_NO.get(text.strip().strip("。.!！ "))
    if command.word in _NEVER_AN_ANSWER and verdict is None and yes_or_no is None:
        if turn.context is not None and command.word == Word.FREE_TEXT:
            return await collect.supplement(command.text, turn, uow)
        return await _do(command, turn, uow)
    chat = turn.chat.id if turn.in_group else None
    question = (
        replied if replied is not None and replied.choices else await uow.outgoing.last_question(chat, turn.who.id)
    )
    stars = question if question is not None and question.key in STARS_ASKED else None
    if stars is None and (verdict is not None or command.word in _OF_STARS):
        stars = await uow.outgoing.last_question(chat, turn.who.id, STARS_ASKED)
    if yes_or_no is not None and question is not None and yes_or_no in dict(question.choices):
        return await choose(question, dict(question.choices)[yes_or_no], turn, uow)
    if command.word == Word.BARE_NUMBER:
        return await _bare_number(command, question or stars, turn, uow)
    if stars is not None and command.word in _SPOKEN and command.number is None and verdict is not None:
        return await _judge(verdict, text, stars, turn, uow)
    if stars is not None and command.word in _OF_STARS and command.number is None:
        turn = replace(turn, context=stars.event)
    asked = stars if command.word == Word.RATE and stars is not None else question
    answers = {parse(says).word for _, says in asked.choices} - _ASIDE if asked else frozenset()
    if asked is not None and command.word in answers:
        await uow.outgoing.settle_question(asked.outgoing)
    return await _do(command, turn, uow)


def _about_shown(command: Command, replied: Asked | None) -> Command:
    """What is said of a log in reply to its preview is about that log, and its approval about the edition shown there; what is
    said of something unsent in reply to the news of it is about that."""
    if command.number is not None or replied is None:
        return command
    if command.word in _OF_SENDINGS and replied.key in sending.ABOUT_ONE:
        told = (parse(says) for _, says in replied.choices)
        return next((one for one in told if one.word == command.word), command)
    if command.word not in _OF_LOGS:
        return command
    shown = next((parse(says) for id, says in replied.choices if id in ("approve", "checked")), None)
    if shown is None:
        return command
    count = shown.count if command.word == Word.APPROVE else command.count
    return replace(command, number=shown.number, count=count)


async def _do(command: Command, turn: Turn, uow: Unit) -> Reply:
    """Carry the command out; where its number is missing, offer the same words with each number that fits."""
    try:
        return await _TABLE.get(command.word, _not_built)(command, turn, uow)
    except Refused as refused:
        if refused.key != "number_needed":
            raise
        word, items = SPELLING[command.word], refused.params.get("items")
        rest = " ".join(part for part in (str(command.stars or ""), command.name, command.text) if part)
        serials = [item["serial"] for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        choices = tuple(Choice(f"event-{n}", "event", f"{word} {n} {rest}".strip(), {"serial": n}) for n in serials)
        key = "number_needed" if choices else "number_needed_none"
        raise Refused(key, choices, **{**refused.params, "word": word}) from None


async def _judge(verdict: Verdict, text: str, question: Asked, turn: Turn, uow: Unit) -> Reply:
    """Plain words after the question for stars: so many stars, or not solved, or too vague and asked again."""
    turn = replace(turn, context=question.event)
    if verdict.unsolved:
        return await evaluate.ask_unsolved(text, turn, uow)
    if verdict.stars is not None:
        await uow.outgoing.settle_question(question.outgoing)
    return await evaluate.rate(None, verdict.stars, verdict.comment, turn, uow)


async def _bare_number(command: Command, question: Asked | None, turn: Turn, uow: Unit) -> Reply:
    """In a list of events the event of that number, in any other list the n-th choice; else the event itself."""
    number = command.number or 0
    if question is not None:
        named = {id.rpartition("-")[2]: says for id, says in question.choices if id.startswith(("event-", "accept-"))}
        if str(number) in named:
            return await choose(question, named[str(number)], turn, uow)
        if not named and 1 <= number <= len(question.choices):
            return await choose(question, question.choices[number - 1][1], turn, uow)
    return await feedback.track(command.number, turn, uow)


async def choose(question: Asked, says: str, turn: Turn, uow: Unit) -> Reply:
    """A choice taken, by a press or by its number: the same as typing what it says."""
    if question.asked and turn.who.id not in question.asked:
        raise Refused("not_asked")
    command = parse(says)
    first = command.word in _ASIDE or await uow.outgoing.settle_question(question.outgoing)
    if not first and command.word in _ONCE:
        raise Refused("choice_gone")
    turn = replace(turn, context=question.event)
    try:
        return await _do(command, turn, uow)
    except Refused as refused:
        raise ask_home(refused, says, turn) from None


async def _not_built(command: Command, turn: Turn, uow: Unit) -> Reply:
    return Reply("not_built", {"word": SPELLING[command.word]})


async def _free_text(command: Command, turn: Turn, uow: Unit) -> Reply:
    """Ordinary words said to the bot: from residents a report, from staff most likely a mistyped word."""
    if turn.photos and not command.text.strip():
        return await collect.add_photos(turn, uow)
    if not any(character.isalnum() for character in command.text):
        return Reply("say_more")
    near = nearest_word(command.text)
    if near is not None:
        choices = [Choice("did_you_mean", "did_you_mean", near, {"word": near})]
        if len(command.text) > 2:
            choices.append(Choice("file_it", "file_it", f"报事 {command.text}"))
        return Reply("did_you_mean", {"text": mask(command.text)[:20]}, tuple(choices), asked=(turn.who.id,))
    if turn.who.role in _REPORTING or turn.in_group:
        if len(command.text.strip()) < 2:
            return Reply("say_more")
        return await collect.report(command.text, turn, uow)
    file_it = Choice("file_it", "file_it", f"报事 {command.text[:300]}")
    return Reply("staff_free_text", choices=(file_it,), asked=(turn.who.id,))


def _reporting(kind: Kind | None) -> Answering:
    async def answering(command: Command, turn: Turn, uow: Unit) -> Reply:
        if not any(character.isalnum() for character in command.text):
            if turn.photos:
                return await collect.add_photos(turn, uow)
            return Reply("report_how")
        return await collect.report(command.text, turn, uow, kind)

    return answering


async def _todo(command: Command, turn: Turn, uow: Unit) -> Reply:
    waiting = 0
    community = turn.community
    if community and Right.APPROVE in rights_in(turn.who, community, turn.policy.areas):
        waiting = len(await uow.publications.waiting(community))
    return await handle.todo(waiting, turn, uow)


async def _review(command: Command, turn: Turn, uow: Unit) -> Reply:
    if command.number is None:
        return await publish.review(turn, uow)
    return await publish.show(command.number, turn, uow)


async def _approve(command: Command, turn: Turn, uow: Unit) -> Reply:
    checked = command.text.startswith(_CHECKED)
    return await publish.approve(command.number, command.count, checked, turn, uow)


async def _change(command: Command, turn: Turn, uow: Unit) -> Reply:
    return await editing.change(command.number, command.text, turn, uow)


def _poster(kind: PublicationKind) -> Answering:
    async def answering(command: Command, turn: Turn, uow: Unit) -> Reply:
        return await notices.poster(kind, notices.month_meant(command.name, turn), turn, uow)

    return answering


async def _me_too(command: Command, turn: Turn, uow: Unit) -> Reply:
    """Without a number it is a report in other words: 我也遇到了，楼道漏水."""
    if command.number is None and turn.context is None and len(command.text) > 2:
        return await collect.report(command.text, turn, uow)
    return await collect.me_too(command.number, command.text, turn, uow)


async def _withdraw(command: Command, turn: Turn, uow: Unit) -> Reply:
    return await collect.withdraw(command.number, turn, uow)


def _code(command: Command) -> str:
    """The code as it was typed, or what stands in its place: it is said back when there is no such code."""
    return mask(command.name or command.text) or "？"


async def _live(command: Command, turn: Turn, uow: Unit) -> Reply:
    """住在 b1 漏水了: what looks like the code of an area and is none is ordinary words."""
    if command.text and command.name not in turn.policy.areas:
        story = f"{SPELLING[Word.LIVE]} {command.name} {command.text}"
        return await _free_text(Command(Word.FREE_TEXT, text=story), turn, uow)
    return await live(command.name, command.text, turn, uow, answer_words)


async def _help(command: Command, turn: Turn, uow: Unit) -> Reply:
    if turn.who.role == Role.GRID_WORKER:
        return Reply("help_staff")
    return Reply("help_directing" if turn.who.is_staff else "help_resident")


def _saying(key: str) -> Answering:
    async def answering(command: Command, turn: Turn, uow: Unit) -> Reply:
        return Reply(key, {"bot": turn.policy.bot_name, "name": mask_name(turn.who.name)})

    return answering


# what is said with 通过 when faces and plates in the photos were looked for
_CHECKED = ("已检查", "检查过", "都检查", "checked")
# about the log of the preview that a message answers, when no number is given
_OF_LOGS = frozenset(
    {Word.APPROVE, Word.CHANGE, Word.REFUSE, Word.DROP_PHOTO, Word.UNDO_APPROVAL, Word.TAKE_DOWN, Word.WORKBENCH}
)
# about what the message that is answered offers it for, when no number is given
_OF_SENDINGS = frozenset({Word.ARRIVED, Word.RESEND, Word.DROP_UNSENT})
# about the matter whose stars were asked for, when no number is given
_OF_STARS = frozenset(
    {Word.RATE, Word.REOPEN, Word.SETTLE, Word.MAKE_PRIVATE, Word.ALLOW_PHOTOS, Word.DENY_PHOTOS}
)  # fmt: skip
# what may be a verdict in plain words: 还行吧, 好的, 没修好啊
_SPOKEN = frozenset({Word.FREE_TEXT, Word.OK, Word.RATE})
# what a second press on the same button would do a second time
_ONCE = frozenset({Word.REPORT, Word.REDEEM, Word.LIVE})
# said beside a question for stars or for approval, which still waits for its answer
_ASIDE = frozenset({Word.ALLOW_PHOTOS, Word.DENY_PHOTOS, Word.MAKE_PRIVATE, Word.DROP_PHOTO, Word.WORKBENCH})
# what answers no question, so that a report costs no look-up
_NEVER_AN_ANSWER = frozenset({Word.REPORT, Word.SUGGEST, Word.ASK, Word.FREE_TEXT})

_TABLE: Mapping[Word, Answering] = {
    # 收集
    Word.REPORT: _reporting(None),
    Word.SUGGEST: _reporting(Kind.SUGGESTION),
    Word.ASK: _reporting(Kind.QUESTION),
    Word.FREE_TEXT: _free_text,
    Word.ME_TOO: _me_too,
    Word.MERGE: lambda c, t, u: collect.merge(c.number, c.second, t, u),
    Word.NOT_SAME: lambda c, t, u: collect.not_same(c.number, t, u),
    Word.WITHDRAW: _withdraw,
    # 分办
    Word.DISPATCH: lambda c, t, u: assign.hand_on(Action.ASSIGN, c.number, c.name, c.text, t, u),
    Word.ACCEPT: lambda c, t, u: assign.accept(c.number, t, u),
    Word.TRANSFER: lambda c, t, u: assign.hand_on(Action.TRANSFER, c.number, c.name, c.text, t, u),
    Word.SEND_BACK: lambda c, t, u: assign.send_back(c.number, c.text, t, u),
    Word.ESCALATE: lambda c, t, u: assign.escalate(c.number, c.text, t, u),
    Word.REJECT: lambda c, t, u: assign.reject(c.number, c.text, t, u),
    Word.ADOPT: lambda c, t, u: assign.adopt(c.number, t, u),
    # 处置
    Word.TODO: _todo,
    Word.PROGRESS: lambda c, t, u: handle.progress(c.number, c.text, t, u),
    Word.FINISH: lambda c, t, u: handle.finish(c.number, c.text, t, u),
    # 反馈
    Word.TRACK: lambda c, t, u: feedback.track(c.number, t, u),
    # 测评
    Word.RATE: lambda c, t, u: evaluate.rate(c.number, c.stars, c.text, t, u),
    Word.SETTLE: lambda c, t, u: evaluate.settle(c.number, t, u),
    Word.REOPEN: lambda c, t, u: evaluate.reopen(c.number, c.text, t, u),
    Word.MAKE_PRIVATE: lambda c, t, u: evaluate.make_private(c.number, t, u),
    Word.ALLOW_PHOTOS: lambda c, t, u: evaluate.allow_photos(c.number, True, t, u),
    Word.DENY_PHOTOS: lambda c, t, u: evaluate.allow_photos(c.number, False, t, u),
    # 治理叙事
    Word.REVIEW: _review,
    Word.APPROVE: _approve,
    Word.UNDO_APPROVAL: lambda c, t, u: withdrawal.undo(c.number, t, u),
    Word.TAKE_DOWN: lambda c, t, u: withdrawal.take_down(c.number, c.text, t, u),
    Word.CHANGE: _change,
    Word.DROP_PHOTO: lambda c, t, u: editing.drop_photo(c.number, c.second, t, u),
    Word.REFUSE: lambda c, t, u: editing.refuse(c.number, c.text, t, u),
    Word.NOTICE: lambda c, t, u: notices.write(c.text, t, u),
    Word.MONTH_POSTER: _poster(PublicationKind.MONTH),
    Word.HONOURS_POSTER: _poster(PublicationKind.HONOURS),
    Word.WORKBENCH: lambda c, t, u: workbench_link(c.number, t, u),
    # 发送
    Word.UNSENT: lambda c, t, u: sending.unsent(t, u),
    Word.ARRIVED: lambda c, t, u: sending.decide(Decision.ARRIVED, c.number, t, u),
    Word.RESEND: lambda c, t, u: sending.decide(Decision.AGAIN, c.number, t, u),
    Word.DROP_UNSENT: lambda c, t, u: sending.decide(Decision.DROPPED, c.number, t, u),
    # 积分
    Word.POINTS: lambda c, t, u: redeem.show_points(t, u),
    Word.POINTS_DETAIL: lambda c, t, u: redeem.show_points(t, u, entries=10),
    Word.CATALOGUE: lambda c, t, u: redeem.catalogue(t, u),
    Word.REDEEM: lambda c, t, u: redeem.redeem(c.name, c.count, t, u),
    Word.MY_REDEMPTIONS: lambda c, t, u: redeem.my_redemptions(t, u),
    Word.CANCEL_REDEMPTION: lambda c, t, u: redeem.cancel(_code(c), t, u),
    Word.HAND_OVER: lambda c, t, u: redeem.hand_over(_code(c), t, u),
    # anyone
    Word.BIND: bind,
    Word.UNBIND: unbind,
    Word.LIVE: _live,
    Word.HELP: _help,
    Word.PRIVACY: _saying("privacy"),
    Word.GREETING: _saying("greeting"),
    Word.THANKS: _saying("thanks"),
    Word.OK: _saying("ok"),
}
