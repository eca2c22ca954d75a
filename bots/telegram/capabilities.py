"""What Telegram can do, as data."""

from __future__ import annotations

from datetime import timedelta

from bots.channel import Capabilities
from bots.telegram.incoming import CHANNEL
from bots.telegram.outgoing import ALBUM, CAPTION_LIMIT, TEXT_LIMIT
from storage.pace import Rate

# Telegram: 20 messages a minute to a group, about one a second to a chat, about 30 a second in all. Each rate leaves room for the
# largest album, which comes on top of it (storage/pace.py).
CAPABILITIES = Capabilities(
    channel=CHANNEL,
    label="Telegram",
    reads_groups=True,
    posts_to_groups=True,
    needs_person=False,
    reply_window=None,
    buttons=True,
    text_limit=TEXT_LIMIT,
    caption_limit=CAPTION_LIMIT,
    images=ALBUM,
    image_bytes=10_000_000,
    image_sides=10_000,
    can_tell=False,
    answers_at_door=False,
    overall=Rate(timedelta(milliseconds=50), 10),
    per_group=Rate(timedelta(seconds=6), 5),
    per_direct=Rate(timedelta(milliseconds=1500), 2),
)
