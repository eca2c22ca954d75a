from __future__ import annotations

import pytest

from core.people import Person, Right, Role, rights_in, rights_on
from tests.core.builders import AREAS, event

DIRECTING = {Right.DIRECT, Right.APPROVE, Right.HAND_OVER}


def person(role: Role, area: str, id: int = 50) -> Person:
    return Person(id, "王芳", role, area)


@pytest.mark.parametrize(
    ("role", "area"),
    [
        (Role.COMMUNITY_STAFF, "fenglin"),
        (Role.STREET_STAFF, "street-2"),
        (Role.COMMUNITY_STAFF, "xiuyue-4"),
    ],
)
def test_nobody_directs_outside_their_own_area(role: Role, area: str) -> None:
    assert rights_in(person(role, area), "xiuyue-3", AREAS) == frozenset()


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.VOLUNTEER, Role.GRID_WORKER, Role.PARTNER])
def test_these_roles_alone_allow_nothing(role: Role) -> None:
    assert rights_in(person(role, "xiuyue-3"), "xiuyue-3", AREAS) == frozenset()


@pytest.mark.parametrize(
    ("role", "area", "rights"),
    [
        (Role.COMMUNITY_STAFF, "xiuyue", DIRECTING),
        (Role.STREET_STAFF, "street", DIRECTING),
        (Role.DISTRICT_STAFF, "district", {Right.DIRECT}),
        (Role.CITY_STAFF, "city", {Right.DIRECT}),
    ],
)
def test_staff_direct_what_lies_below_their_area(role: Role, area: str, rights: set[Right]) -> None:
    assert rights_in(person(role, area), "xiuyue-3", AREAS) == rights


def test_a_stranger_has_no_right_on_an_event() -> None:
    assert rights_on(person(Role.RESIDENT, "xiuyue-3"), event(), AREAS, is_reporter=False) == frozenset()


def test_no_handler_yet_is_nobody_s_handle() -> None:
    assert Right.HANDLE not in rights_on(person(Role.GRID_WORKER, "xiuyue-3"), event(handler=None), AREAS, False)


def test_the_reporter_owns_even_outside_their_area() -> None:
    assert rights_on(person(Role.RESIDENT, "fenglin-1"), event(), AREAS, is_reporter=True) == {Right.OWN}


def test_the_handler_handles_and_a_handling_reporter_does_both() -> None:
    worker = person(Role.GRID_WORKER, "xiuyue-3")
    assert rights_on(worker, event(handler=50), AREAS, False) == {Right.HANDLE}
    assert rights_on(worker, event(handler=50), AREAS, True) == {Right.HANDLE, Right.OWN}


def test_staff_who_reported_keep_their_right_to_direct() -> None:
    assert rights_on(person(Role.COMMUNITY_STAFF, "xiuyue"), event(), AREAS, True) == DIRECTING | {Right.OWN}


def test_nobody_has_the_right_of_the_system() -> None:
    everybody = [person(role, area) for role in Role for area in ("city", "district", "street", "xiuyue", "xiuyue-3")]
    assert not any(Right.SYSTEM in rights_on(p, event(handler=50), AREAS, True) for p in everybody)
