"""Invented photos, drawn in code: the same place before and after, so that pictures can be judged by eye."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw, ImageFilter

Size = tuple[int, int]


def photo(scene: str, done: bool, size: Size = (1280, 960)) -> bytes:
    """A JPEG of the scene, as it was or when the work is done."""
    image = _SCENES[scene](size, done)
    rough = Image.effect_noise(size, 9).convert("RGB")  # a camera's grain
    out = io.BytesIO()
    Image.blend(image, rough, 0.035).save(out, "JPEG", quality=88)
    return out.getvalue()


def _shade(size: Size, top: str, bottom: str) -> Image.Image:
    column = Image.new("RGB", (1, 2))
    column.putpixel((0, 0), Image.new("RGB", (1, 1), top).getpixel((0, 0)))  # type: ignore[arg-type]
    column.putpixel((0, 1), Image.new("RGB", (1, 1), bottom).getpixel((0, 0)))  # type: ignore[arg-type]
    return column.resize(size, Image.Resampling.BILINEAR)


def _lamp(size: Size, done: bool) -> Image.Image:
    """A street lamp at dusk: dark, then lit."""
    w, h = size
    image = _shade(size, "#27374F", "#8A7F8C") if not done else _shade(size, "#31415C", "#B79E8C")
    draw = ImageDraw.Draw(image)
    chance = random.Random(3)
    x = 0
    while x < w:
        wide = chance.randint(w // 10, w // 5)
        top = int(h * chance.uniform(0.3, 0.5))
        draw.rectangle((x, top, x + wide, h), fill="#2B3547" if not done else "#3B4254")
        for row in range(top + 30, int(h * 0.75), 56):
            for column in range(x + 18, x + wide - 24, 44):
                if chance.random() < 0.35:
                    draw.rectangle((column, row, column + 18, row + 26), fill="#D9B46A")
        x += wide + 8
    draw.rectangle((0, int(h * 0.78), w, h), fill="#3A3F49" if not done else "#6A635F")
    draw.polygon(
        [(w * 0.2, h), (w * 0.42, h * 0.78), (w * 0.58, h * 0.78), (w * 0.9, h)],
        fill="#4A4E58" if not done else "#857B73",
    )
    if done:
        glow = Image.new("RGB", size, "#000000")
        light = ImageDraw.Draw(glow)
        light.polygon([(w * 0.5, h * 0.24), (w * 0.16, h * 0.95), (w * 0.94, h * 0.95)], fill="#7A6030")
        light.ellipse((w * 0.42, h * 0.17, w * 0.66, h * 0.31), fill="#FFE9A8")
        glow = glow.filter(ImageFilter.GaussianBlur(w / 22))
        image = Image.blend(image, Image.composite(glow, image, glow.convert("L")), 0.55)
        draw = ImageDraw.Draw(image)
    draw.rectangle((w * 0.36, h * 0.22, w * 0.375, h * 0.9), fill="#15191F")
    draw.rectangle((w * 0.36, h * 0.215, w * 0.55, h * 0.23), fill="#15191F")
    draw.rounded_rectangle((w * 0.5, h * 0.22, w * 0.6, h * 0.25), 10, fill="#FFF3C4" if done else "#20262E")
    return image


def _stairs(size: Size, done: bool) -> Image.Image:
    """A stairwell: full of things, then free."""
    w, h = size
    image = _shade(size, "#E8E2D4", "#CFC7B6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, h * 0.42, w, h * 0.72), fill="#A9C3B4")
    draw.polygon([(0, h), (0, h * 0.84), (w * 0.3, h * 0.72), (w, h * 0.72), (w, h)], fill="#9C968B")
    for n in range(7):
        y = h * (0.72 - n * 0.055)
        draw.rectangle((w * (0.55 + n * 0.03), y - h * 0.055, w, y), fill="#B8B0A2" if n % 2 else "#A79F91")
    draw.rectangle((w * 0.12, h * 0.2, w * 0.4, h * 0.74), fill="#7B5B45")
    draw.rectangle((w * 0.14, h * 0.22, w * 0.38, h * 0.73), fill="#8E6B52")
    draw.ellipse((w * 0.345, h * 0.47, w * 0.37, h * 0.49), fill="#D8C27A")
    draw.line((w * 0.5, h * 0.7, w, h * 0.22), fill="#5F6B6A", width=w // 60)
    if not done:
        for x, y, wide, high, fill in (
            (0.3, 0.68, 0.2, 0.2, "#B98B55"), (0.34, 0.55, 0.15, 0.14, "#C79B66"), (0.5, 0.76, 0.24, 0.14, "#8C8F96"),
            (0.05, 0.74, 0.2, 0.18, "#6E7F93"), (0.62, 0.64, 0.14, 0.13, "#A65E4E"),
        ):  # fmt: skip
            draw.rectangle((w * x, h * y, w * (x + wide), h * (y + high)), fill=fill, outline="#4A4036", width=4)
        for x in (0.56, 0.78):
            draw.ellipse((w * x, h * 0.84, w * (x + 0.15), h * 0.84 + w * 0.15), outline="#2B2B2B", width=w // 70)
        draw.line((w * 0.63, h * 0.88, w * 0.72, h * 0.8, w * 0.85, h * 0.88), fill="#B03A2E", width=w // 60)
    else:
        draw.rounded_rectangle((w * 0.46, h * 0.46, w * 0.62, h * 0.54), 8, fill="#F6F1E2")
        draw.line((w * 0.48, h * 0.49, w * 0.6, h * 0.49), fill="#15803D", width=7)
        draw.line((w * 0.48, h * 0.515, w * 0.57, h * 0.515), fill="#15803D", width=7)
    return image


def _road(size: Size, done: bool) -> Image.Image:
    """A manhole: open behind a barrier, then covered."""
    w, h = size
    image = _shade(size, "#BFD6E8", "#E3EBEE")
    draw = ImageDraw.Draw(image)
    for x, top, fill in ((0.0, 0.16, "#CDB9A2"), (0.36, 0.24, "#D9CBB8"), (0.68, 0.12, "#C4B3A0")):
        draw.rectangle((w * x, h * top, w * (x + 0.31), h * 0.5), fill=fill)
        for row in range(4):
            for column in range(5):
                left, up = w * (x + 0.02 + column * 0.058), h * (top + 0.04 + row * 0.075)
                draw.rectangle((left, up, left + w * 0.034, up + h * 0.04), fill="#7C97AC")
    draw.rectangle((0, h * 0.46, w, h * 0.54), fill="#6F9463")
    draw.rectangle((0, h * 0.53, w, h), fill="#8B8D90")
    draw.rectangle((0, h * 0.53, w, h * 0.57), fill="#C9C7C1")
    for n in range(5):
        x = n * 0.24 - 0.05
        draw.polygon(
            [(w * x, h * 0.97), (w * (x + 0.1), h * 0.97), (w * (x + 0.12), h * 0.93), (w * (x + 0.03), h * 0.93)],
            fill="#E4E2DA",
        )
    draw.ellipse((w * 0.38, h * 0.68, w * 0.64, h * 0.84), fill="#70726F")
    draw.ellipse((w * 0.4, h * 0.69, w * 0.62, h * 0.83), fill="#4C5052" if done else "#16181A")
    if done:
        for n in range(-3, 4):
            draw.line((w * (0.51 + n * 0.028), h * 0.71, w * (0.51 + n * 0.028), h * 0.81), fill="#6A6F71", width=6)
        draw.ellipse((w * 0.4, h * 0.69, w * 0.62, h * 0.83), outline="#33373A", width=7)
    else:
        for x in (0.26, 0.74):
            draw.polygon([(w * x, h * 0.6), (w * (x - 0.05), h * 0.86), (w * (x + 0.05), h * 0.86)], fill="#E0662E")
            draw.polygon(
                [
                    (w * (x - 0.022), h * 0.715),
                    (w * (x + 0.022), h * 0.715),
                    (w * (x + 0.033), h * 0.77),
                    (w * (x - 0.033), h * 0.77),
                ],
                fill="#F4EFE6",
            )
        for n in range(12):
            x = 0.28 + n * 0.037
            draw.rectangle((w * x, h * 0.66, w * (x + 0.037), h * 0.69), fill="#C8322B" if n % 2 else "#F4EFE6")
    return image


def _garden(size: Size, done: bool) -> Image.Image:
    """A small garden: trodden and bare, then planted, with a bench."""
    w, h = size
    image = _shade(size, "#A9CDE6", "#E9F1EE")
    draw = ImageDraw.Draw(image)
    for x, r in ((0.1, 0.13), (0.3, 0.1), (0.82, 0.15), (0.62, 0.1)):
        draw.rectangle((w * (x - 0.012), h * 0.34, w * (x + 0.012), h * 0.56), fill="#6B4F3A")
        draw.ellipse(
            (w * x - w * r, h * 0.36 - w * r, w * x + w * r, h * 0.36 + w * r), fill="#5E8D55" if done else "#7D9163"
        )
    draw.rectangle((0, h * 0.54, w, h), fill="#86AE63" if done else "#A8977B")
    draw.polygon([(w * 0.3, h), (w * 0.46, h * 0.54), (w * 0.56, h * 0.54), (w * 0.78, h)], fill="#D8CFBF")
    chance = random.Random(8)
    for _ in range(150 if done else 40):
        x, y = chance.uniform(0, w), chance.uniform(h * 0.6, h * 0.98)
        if w * 0.26 < x < w * 0.8 and y > h * 0.56:
            continue
        r = chance.uniform(6, 15) * w / 1280
        fill = (
            chance.choice(("#E86A6A", "#F2C14E", "#F7F3EA", "#C779D0"))
            if done
            else chance.choice(("#8C7B60", "#D9D4C8", "#5E7FA8"))
        )
        draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)
    if done:
        draw.rectangle((w * 0.6, h * 0.62, w * 0.86, h * 0.65), fill="#9A6A3C")
        draw.rectangle((w * 0.6, h * 0.55, w * 0.86, h * 0.58), fill="#9A6A3C")
        for x in (0.63, 0.82):
            draw.rectangle((w * x, h * 0.55, w * (x + 0.015), h * 0.72), fill="#4A4F52")
    return image


def _wall(size: Size, done: bool) -> Image.Image:
    """A stairwell wall: full of small advertisements, then clean."""
    w, h = size
    image = _shade(size, "#EFEADF", "#DDD5C6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, h * 0.5, w, h * 0.86), fill="#9DBFAE")
    draw.rectangle((0, h * 0.86, w, h), fill="#8F897E")
    draw.rectangle((w * 0.72, h * 0.16, w * 0.94, h * 0.86), fill="#7A5A44")
    draw.rectangle((w * 0.74, h * 0.19, w * 0.92, h * 0.86), fill="#8E6B52")
    draw.ellipse((w * 0.75, h * 0.53, w * 0.77, h * 0.555), fill="#D8C27A")
    chance = random.Random(5)
    for _ in range(0 if done else 26):
        x, y = chance.uniform(0.04, 0.6), chance.uniform(0.14, 0.74)
        wide, high = chance.uniform(0.05, 0.1), chance.uniform(0.04, 0.09)
        fill = chance.choice(("#F4D35E", "#F7F4EE", "#F28482", "#90CAF9", "#C5E1A5"))
        draw.rectangle((w * x, h * y, w * (x + wide), h * (y + high)), fill=fill, outline="#8C8577", width=2)
        for line in range(2):
            level = h * (y + high * (0.35 + 0.3 * line))
            draw.line((w * (x + 0.008), level, w * (x + wide - 0.01), level), fill="#6B665C", width=4)
    if done:
        draw.rounded_rectangle((w * 0.2, h * 0.26, w * 0.44, h * 0.42), 10, fill="#F8F5EC", outline="#B9C9BF", width=4)
        for line in range(3):
            draw.line(
                (w * 0.23, h * (0.3 + 0.04 * line), w * (0.41 - 0.03 * line), h * (0.3 + 0.04 * line)),
                fill="#15803D",
                width=7,
            )
    draw.line((0, h * 0.62, w * 0.66, h * 0.5), fill="#5B6664", width=w // 45)
    return image


def _gym(size: Size, done: bool) -> Image.Image:
    """A walking machine on a fitness square: one board missing behind a tape, then whole."""
    w, h = size
    image = _shade(size, "#B5D3EA", "#E6EFEF")
    draw = ImageDraw.Draw(image)
    for x, r in ((0.08, 0.12), (0.27, 0.09), (0.78, 0.1), (0.95, 0.13)):
        draw.ellipse((w * (x - r), h * 0.4 - w * r, w * (x + r), h * 0.4 + w * r), fill="#6C9A63")
    draw.rectangle((0, h * 0.5, w, h * 0.57), fill="#7FA86F")
    draw.rectangle((0, h * 0.56, w, h), fill="#C98E72")
    draw.ellipse((w * 0.14, h * 0.66, w * 0.88, h * 1.04), outline="#E9D8C9", width=8)
    for x in (0.34, 0.66):
        draw.line((w * x, h * 0.84, w * x, h * 0.36), fill="#2F6F9F", width=w // 40)
        draw.line((w * (x - 0.06), h * 0.85, w * (x + 0.06), h * 0.85), fill="#2F6F9F", width=w // 40)
    draw.line((w * 0.34, h * 0.37, w * 0.66, h * 0.37), fill="#2F6F9F", width=w // 40)
    for n, x in enumerate((0.44, 0.56)):
        low = 0.74 - 0.03 * n
        draw.line((w * x, h * 0.38, w * (x + 0.02), h * low), fill="#E0A526", width=w // 60)
        if done or n == 0:
            draw.rounded_rectangle((w * (x - 0.05), h * low, w * (x + 0.08), h * (low + 0.045)), 8, fill="#3C4650")
    if not done:
        for n in range(20):
            x = 0.24 + n * 0.026
            draw.rectangle((w * x, h * 0.57, w * (x + 0.026), h * 0.6), fill="#C8322B" if n % 2 else "#F6F1E6")
    return image


def _bins(size: Size, done: bool) -> Image.Image:
    """The corner of a house: bags in a heap, then four bins."""
    w, h = size
    image = _shade(size, "#B9D4EA", "#E4ECEE")
    draw = ImageDraw.Draw(image)
    draw.rectangle((w * 0.08, h * 0.06, w, h * 0.74), fill="#D3B79C")
    draw.rectangle((w * 0.04, h * 0.03, w, h * 0.07), fill="#A8735A")
    for row in range(3):
        for column in range(3):
            left, top = w * (0.16 + column * 0.28), h * (0.12 + row * 0.16)
            draw.rectangle((left, top, left + w * 0.17, top + h * 0.1), fill="#6F8FA8", outline="#EFE6DA", width=7)
    draw.rectangle((0, h * 0.72, w, h * 0.76), fill="#7E9E6B")
    draw.rectangle((0, h * 0.75, w, h), fill="#A3A19B")
    chance = random.Random(2)
    if done:
        for n, fill in enumerate(("#2F7D4F", "#2F62A8", "#B4382F", "#6C7176")):
            left = w * (0.16 + n * 0.18)
            draw.rectangle((left, h * 0.68, left + w * 0.14, h * 0.86), fill=fill)
            draw.rectangle((left - 8, h * 0.655, left + w * 0.14 + 8, h * 0.685), fill=fill)
            draw.rectangle((left + w * 0.04, h * 0.73, left + w * 0.1, h * 0.78), fill="#F2F2EE")
    for _ in range(0 if done else 46):
        x = min(max(chance.gauss(0.5, 0.15), 0.12), 0.88)
        y, r = chance.uniform(0.72, 0.88), chance.uniform(0.025, 0.06)
        fill = chance.choice(("#26292D", "#34383D", "#3E4A57", "#B7483E", "#C8A04B", "#E2DDD2"))
        draw.ellipse((w * (x - r), h * y - w * r * 0.8, w * (x + r), h * y + w * r * 0.8), fill=fill)
    return image


_SCENES: Mapping[str, Callable[[Size, bool], Image.Image]] = {
    "lamp": _lamp,
    "stairs": _stairs,
    "road": _road,
    "garden": _garden,
    "wall": _wall,
    "gym": _gym,
    "bins": _bins,
}
