"""The part of a Telegram update that we read, checked at the door. Names are the Bot API's own; what we do not read is ignored.

Our own few fields and not the library's whole objects: reading one costs a twentieth, and a text that is not what it claims
to be is refused here and nowhere else.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

SmallInt = Annotated[int, Field(ge=-(2**52), le=2**52)]  # Telegram's own promise for ids
Moment = Annotated[int, Field(ge=0, le=2**33)]
Kind = Annotated[str, Field(max_length=64)]
Opaque = Annotated[str, Field(max_length=250)]  # an id that is only given back


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class User(Wire):
    id: SmallInt
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    username: str = ""


class Chat(Wire):
    id: SmallInt
    type: Kind
    title: str = ""


class Entity(Wire):
    type: Kind
    user: User | None = None


class PhotoSize(Wire):
    file_id: Opaque
    file_size: int = 0


class Document(Wire):
    file_id: Opaque
    mime_type: str = ""
    file_size: int = 0


class Replied(Wire):
    """The message that another one answers."""

    message_id: SmallInt
    from_: User | None = Field(default=None, alias="from")


class Message(Wire):
    message_id: SmallInt
    date: Moment
    chat: Chat
    from_: User | None = Field(default=None, alias="from")
    sender_chat: Chat | None = None
    is_automatic_forward: bool = False
    message_thread_id: SmallInt | None = None
    is_topic_message: bool = False
    text: str = ""
    caption: str = ""
    entities: list[Entity] = []
    caption_entities: list[Entity] = []
    photo: list[PhotoSize] = []
    document: Document | None = None
    media_group_id: Opaque = ""
    reply_to_message: Replied | None = None
    migrate_to_chat_id: SmallInt | None = None
    # what is only noticed, whatever is in it
    voice: Any = None
    audio: Any = None
    video: Any = None
    video_note: Any = None
    animation: Any = None
    sticker: Any = None
    location: Any = None
    venue: Any = None
    contact: Any = None
    poll: Any = None
    dice: Any = None
    story: Any = None


class Pressed(Wire):
    """The message whose button was pressed; its date is 0 when it is too old to be changed."""

    message_id: SmallInt
    date: Moment = 0
    chat: Chat
    message_thread_id: SmallInt | None = None
    is_topic_message: bool = False
    text: str = ""
    caption: str = ""


class Callback(Wire):
    id: Opaque
    from_: User = Field(alias="from")
    message: Pressed | None = None
    data: str = ""


class Member(Wire):
    """Whoever is `restricted` may be there or not."""

    status: Kind
    is_member: bool = True


class Membership(Wire):
    chat: Chat
    new_chat_member: Member


class Update(Wire):
    update_id: SmallInt
    message: Message | None = None
    callback_query: Callback | None = None
    my_chat_member: Membership | None = None


READ = ("message", "callback_query", "my_chat_member")
"""The kinds of update that we ask for."""
