from __future__ import annotations

import io

import pytest
from PIL import Image

from narratives.covering import UNREADABLE, covered, fitted, size_of

BOX = (0.25, 0.25, 0.5, 0.5)


def picture(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw)).convert("RGB")


def checked(size: tuple[int, int] = (400, 400), square: int = 10) -> bytes:
    """Black and white squares: whatever of it can be made out shows in the spread of its pixels."""
    image = Image.new("L", (size[0] // square, size[1] // square))
    image.putdata([255 * ((n % image.width + n // image.width) % 2) for n in range(image.width * image.height)])
    out = io.BytesIO()
    image.resize(size, Image.Resampling.NEAREST).convert("RGB").save(out, "PNG")
    return out.getvalue()


def spread(image: Image.Image) -> int:
    grey = image.convert("L").tobytes()
    return max(grey) - min(grey)


def test_nothing_of_a_face_or_plate_survives_inside_a_box() -> None:
    image = picture(covered(checked(), [BOX]))
    assert spread(image.crop((104, 104, 296, 296))) < 40  # of 255
    assert spread(image.crop((0, 0, 90, 90))) > 200  # beside it, everything does


def test_two_plates_of_the_same_average_look_the_same_under_a_box() -> None:
    def under(raw: bytes) -> bytes:
        return picture(covered(raw, [(0, 0, 1, 1)])).resize((40, 40)).tobytes()

    first, second = under(checked(square=10)), under(checked(square=20))
    assert max(abs(a - b) for a, b in zip(first, second, strict=True)) <= 16


def test_a_box_has_at_most_sixteen_colours_of_its_own() -> None:
    gradient = Image.linear_gradient("L").resize((800, 800)).convert("RGB")
    out = io.BytesIO()
    gradient.save(out, "PNG")
    image = picture(covered(out.getvalue(), [(0, 0, 1, 1)]))
    for y in (100, 300, 500, 700):
        assert spread(image.crop((330, y - 20, 470, y + 20))) <= 8  # flat between blurred edges


@pytest.mark.parametrize(
    "box", [(0.2, 0.2, 0, 0.5), (0.2, 0.2, 0.5, -1), (1.5, 0, 1, 1), (float("nan"), 0, 1, 1), (0, 0, 1e9, 1)]
)
def test_a_box_without_a_surface_in_the_picture_covers_nothing(box: tuple[float, float, float, float]) -> None:
    assert covered(checked(), [box]) == covered(checked(), [])


def test_a_box_that_sticks_out_is_cut_off_at_the_edge() -> None:
    image = picture(covered(checked(), [(-0.5, -0.5, 1.0, 1.0), (0.9, 0.9, 5.0, 5.0)]))
    assert spread(image.crop((4, 4, 190, 190))) < 40
    assert spread(image.crop((366, 366, 394, 394))) < 40
    assert spread(image.crop((220, 20, 380, 180))) > 200


def test_a_box_of_few_pixels_is_covered_too() -> None:
    image = picture(covered(checked(square=2), [(0.5, 0.5, 0.02, 0.02)]))
    assert spread(image.crop((201, 201, 207, 207))) < 120


def test_boxes_are_fractions_of_the_upright_picture() -> None:
    image = Image.new("RGB", (400, 200), "#FFFFFF")
    image.paste("#000000", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter: the upper left corner comes to the upper right
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    assert size_of(out.getvalue()) == (200, 400)
    upright = picture(covered(out.getvalue(), [(0.5, 0.0, 0.5, 0.25)]))
    assert upright.size == (200, 400)
    assert spread(upright) < 200  # the dark corner has gone into an average


def test_a_photo_is_made_no_larger_than_asked_and_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "somebody's home"
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), "#446688").save(out, "JPEG", exif=exif)
    small = fitted(out.getvalue(), 300)
    assert picture(small).size == (300, 225)
    assert b"somebody" not in small


@pytest.mark.parametrize("raw", [b"", b"not a picture", b"\xff\xd8\xff" + b"0" * 50])
def test_what_is_no_picture_is_told_by_an_error(raw: bytes) -> None:
    with pytest.raises(UNREADABLE):
        covered(raw, [BOX])
    with pytest.raises(UNREADABLE):
        size_of(raw)
