"""What strangers send as a picture is refused or redrawn: it never comes through as it was."""

from __future__ import annotations

import io
import os
import pickle
import random
import struct
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from core.errors import Refused
from storage.media import MAX_SIDE, MediaStore, clean_photo

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def bomb(width: int, height: int) -> bytes:
    """A PNG of that size in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compressobj(9)
    packed = b"".join(rows.compress(b"\x00" * (width // 8 + 1)) for _ in range(min(height, 2000))) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, options.pop("color", None)).save(target, kind, **options)  # type: ignore[arg-type]
    return target.getvalue()


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (9_000, 9_000), (12_000, 12_000), (5_001, 5_000)])
def test_a_picture_of_more_than_25_megapixels_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    with pytest.raises(Refused) as refused:
        clean_photo(bomb(width, height))
    assert refused.value.key == "photo_too_large"
    assert refused.value.params == {"megapixels": -(-width * height // 1_000_000), "limit": 25}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        SVG,
        b"<!doctype html><img>",
        b"%PDF-1.7",
        b"GIF89a",
        b"\xff\xd8\xff\xe0" + b"\x00" * 100,
        picture("JPEG")[:200],
        picture("PNG")[:60],
        b"\x89PNG\r\n\x1a\n" + SVG,
        picture("PPM"),  # a format nobody's phone sends
    ],
)
def test_what_is_no_whole_picture_of_a_known_kind_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        clean_photo(data)
    assert refused.value.key == "photo_unreadable"


def test_a_refusal_survives_the_way_back_from_another_process() -> None:
    with pytest.raises(Refused) as refused:
        clean_photo(SVG)
    assert pickle.loads(pickle.dumps(refused.value)).key == "photo_unreadable"


def test_five_hundred_damaged_pictures_are_refused_or_redrawn_and_nothing_else_happens() -> None:
    chance = random.Random(5)
    sound = [
        picture("JPEG"),
        picture("PNG"),
        picture("WEBP"),
        picture("GIF", mode="P"),
        picture("BMP"),
        picture("TIFF"),
    ]
    for _ in range(500):
        data = bytearray(chance.choice(sound))
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = len(data) if chance.random() < 0.7 else chance.randint(1, len(data))
        with suppress(Refused):
            assert Image.open(io.BytesIO(clean_photo(bytes(data[:cut])).data)).format == "JPEG"


def test_where_and_with_what_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[2] = (29.0, 52.0, 12.0)
    data = picture("JPEG", (40, 20), exif=exif, comment=b"secret comment", icc_profile=b"secret profile")
    assert b"Secret" in data
    cleaned = clean_photo(data)
    assert (cleaned.width, cleaned.height) == (20, 40)
    assert b"ecret" not in cleaned.data
    with Image.open(io.BytesIO(cleaned.data)) as image:
        assert dict(image.getexif()) == {}
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"),
     ("PNG", "I;16"), ("WEBP", "RGBA"), ("GIF", "P"), ("BMP", "RGB"), ("TIFF", "RGB")],
)  # fmt: skip
def test_every_usual_kind_becomes_a_jpeg_of_1600_pixels_at_most(kind: str, mode: str) -> None:
    cleaned = clean_photo(picture(kind, (2000, 1000), mode))
    assert (cleaned.width, cleaned.height) == (MAX_SIDE, MAX_SIDE // 2)
    with Image.open(io.BytesIO(cleaned.data)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1600, 800))


def test_what_is_transparent_becomes_white() -> None:
    cleaned = clean_photo(picture("PNG", mode="RGBA", color=(255, 0, 0, 0)))
    with Image.open(io.BytesIO(cleaned.data)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_a_small_picture_stays_as_small_as_it_is() -> None:
    cleaned = clean_photo(picture("PNG", (3, 2)))
    assert (cleaned.width, cleaned.height) == (3, 2)


@pytest.mark.parametrize("name", ["../huying.db", "a.jpg", "", "0" * 64, f"{'0' * 64}.jpg/..", f"{'G' * 64}.jpg"])
async def test_a_name_that_was_never_given_out_leads_nowhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        MediaStore(tmp_path).path(name)
    with pytest.raises(FileNotFoundError):
        await MediaStore(tmp_path).read(name)


async def test_the_same_bytes_are_kept_once_and_nothing_half_written_is_left(tmp_path: Path) -> None:
    store = MediaStore(tmp_path / "media")
    name = await store.put(b"picture", "jpg")
    assert await store.put(b"picture", ".jpg") == name
    assert await store.put(b"other", "png") != name
    assert await store.read(name) == b"picture"
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 2


async def test_the_sweep_takes_only_what_is_old_and_unknown(tmp_path: Path) -> None:
    store = MediaStore(tmp_path)
    known, unknown, fresh = [await store.put(data, "jpg") for data in (b"known", b"unknown", b"fresh")]
    half = store.path(unknown).with_name("half.part")
    half.write_bytes(b"x")
    for path in (store.path(known), store.path(unknown), half):
        os.utime(path, (1000, 1000))
    removed = await store.sweep({known}, before=datetime(2020, 1, 1, tzinfo=UTC))
    assert set(removed) == {unknown, "half.part"}
    assert await store.read(known) == b"known"
    assert await store.read(fresh) == b"fresh"
