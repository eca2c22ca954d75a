"""Facts: what happened, appended and never edited. A fact not yet reacted to is the outbox of the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.messages import Json


class FactKind(StrEnum):
    # the loop 收集—分办—处置—反馈—测评; data in brackets
    REPORTED = "reported"  # text, category, tier, group: its title, "" when said 1:1
    JOINED = "joined"  # 我也遇到: text
    SUPPLEMENTED = "supplemented"  # the reporter's further words: text
    MERGED = "merged"  # into | from: event id
    PHOTOS_ADDED = "photos_added"  # photos: [name], stage
    ASSIGNED = "assigned"  # handler, name, role, by
    ACCEPTED = "accepted"
    PROGRESSED = "progressed"  # text, photos
    TRANSFERRED = "transferred"  # handler, name, role, reason
    SENT_BACK = "sent_back"  # reason
    ESCALATED = "escalated"  # reason, tier
    HANDLED = "handled"  # text, photos
    RATED = "rated"  # stars, text, first: bool
    SETTLED = "settled"  # a low rating left as it is
    REOPENED = "reopened"  # reason
    CLOSED = "closed"  # how: rated | unrated | settled
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"  # reason
    REFILED = "refiled"  # category, was
    ADOPTED = "adopted"
    SUPERVISED = "supervised"  # 督办; level: words of who supervises, reason
    PARTNER_JOINED = "partner_joined"  # partner: name, named: bool (it agreed to be named)
    MADE_PRIVATE = "made_private"
    PHOTOS_ALLOWED = "photos_allowed"  # allowed: bool
    # the log
    LOG_DRAFTED = "log_drafted"  # log, title
    LOG_CHANGED = "log_changed"  # log, text
    LOG_APPROVED = "log_approved"  # log, edition, checked: faces and plates
    LOG_REFUSED = "log_refused"  # log, reason
    LOG_WITHDRAWN = "log_withdrawn"  # log, reason when staff took it down
    LOG_CONFIRMED = "log_confirmed"  # log, edition: the first of two people
    LOG_UNDONE = "log_undone"  # log
    PHOTO_DROPPED = "photo_dropped"  # log, photo
    PHOTO_RESTORED = "photo_restored"  # log, photo
    PHOTO_COVERED = "photo_covered"  # log, photo, boxes: how many
    NOTICE_WRITTEN = "notice_written"  # log, text
    POSTER_ASKED = "poster_asked"  # log, poster: its kind, month
    # the points
    AWARDED = "awarded"  # points, rule
    REDEEMED = "redeemed"  # code, reward, count, points
    HANDED_OVER = "handed_over"  # code
    REDEMPTION_CANCELLED = "redemption_cancelled"  # code
    # the chats
    CHAT_LOST = "chat_lost"  # chat, title, reason: the platform's words
    CHAT_FOUND = "chat_found"  # chat, title: the bot is back in it
    CHAT_BOUND = "chat_bound"  # chat, title, area, audience
    POST_TROUBLED = "post_troubled"  # outgoing, title, state: unknown | failed, reason
    POST_DECIDED = "post_decided"  # outgoing, decision: arrived | again | dropped
    # the people
    PERSON_BOUND = "person_bound"  # channel, joined: the id of the person they were before
    PERSON_UNBOUND = "person_unbound"  # channel


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened. `event` is None for what belongs to no event; `actor` is None when Huying did it itself."""

    community: str
    kind: FactKind
    at: datetime
    event: int | None = None
    actor: int | None = None
    data: Mapping[str, Json] = field(default_factory=dict)
    id: int = 0
