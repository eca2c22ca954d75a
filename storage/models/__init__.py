"""The tables. Ids are single surrogate keys; area codes are text, since areas live in the policy file.

Only the migrations and the guard read these classes: the repositories speak SQL (storage/sql.py says why). Every
reference is RESTRICT: a cascade is how a migration or a slip of the hand empties a table nobody was looking at.
What is said about a table stands in comments: Tortoise would make a docstring part of the CREATE TABLE.
"""

from storage.models.events import Counter, Event, EventPhoto, Fact, Report
from storage.models.messages import Inbox, Outgoing, Pace
from storage.models.people import Chat, Identity, Login, Person
from storage.models.points import Balance, LedgerTransaction, Posting, Redemption, Reward
from storage.models.publications import DigestItem, Publication

__all__ = [
    "Balance",
    "Chat",
    "Counter",
    "DigestItem",
    "Event",
    "EventPhoto",
    "Fact",
    "Identity",
    "Inbox",
    "LedgerTransaction",
    "Login",
    "Outgoing",
    "Pace",
    "Person",
    "Posting",
    "Publication",
    "Redemption",
    "Report",
    "Reward",
]
