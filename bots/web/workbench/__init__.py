"""The workbench 工作台: the pages on which staff look at what is to be published, mend it, approve it or take it back.

Every route stands in one table with the right it needs; door.py is the one place that asks for it.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from bots.house import House
from bots.web.static import static_files
from bots.web.workbench import cover, door, doors, overview, review, sending
from bots.web.workbench.desk import DESK, Paper, Words, make_desk, words_as_changed
from bots.web.workbench.door import Route
from core.people import Right

STATIC = Path(__file__).with_name("static")
_C, _L = "/workbench/{community}", "/workbench/{community}/L{number:[0-9]{1,9}}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/workbench", overview.home, Right.APPROVE),
    Route("POST", "/workbench/leave", door.leave, None),
    Route("GET", _C, overview.show, Right.APPROVE),
    Route("GET", _C + "/notice", overview.notice, Right.APPROVE),
    Route("POST", _C + "/notice", overview.write_notice, Right.APPROVE),
    Route("POST", _C + "/poster", overview.ask_poster, Right.APPROVE),
    Route("GET", _C + "/sending", sending.show, Right.APPROVE),
    Route("POST", _C + "/sending", sending.decide, Right.APPROVE),
    Route("GET", _C + "/doors", doors.show, Right.APPROVE),
    Route("POST", _C + "/doors", doors.act, Right.APPROVE),
    Route("GET", _L, review.show, Right.APPROVE),
    Route("POST", _L, review.decide, Right.APPROVE),
    Route("GET", _L + "/state", review.state, Right.APPROVE),
    Route("GET", _L + "/media/{name}", review.media, Right.APPROVE),
    Route("GET", _L + "/paper.pdf", review.paper, Right.APPROVE),
    Route("GET", _L + "/cover/{name}", cover.show, Right.APPROVE),
    Route("POST", _L + "/cover/{name}", cover.save, Right.APPROVE),
)


def install(app: web.Application, house: House, paper: Paper, words: Words = words_as_changed) -> None:
    """Add the workbench to an app that answers errors by bots.web.errors and guards its origin by bots.web.static.

    `paper` gives the A4 PDF of what is published; `words` what stands in the field where staff mend its text.
    """
    app[DESK] = make_desk(house, paper, words)
    app.router.add_get("/workbench/static/{name:.+}", static_files(STATIC))
    app.router.add_get("/workbench/enter", door.closed)
    app.router.add_get("/workbench/left", door.left)
    app.router.add_get("/workbench/enter/{token}", door.before)
    app.router.add_post("/workbench/enter/{token}", door.enter)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, door.guarded(route))
