"""The colours of pictures: three themes, an office's own two colours in them, and every text readable on its ground."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from core.messages import Json

CONTRAST = 4.5  # WCAG 2.2, 1.4.3: the least between a text and its ground
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")

_THEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "calm": MappingProxyType(
            {
                "ground": "#F4F6F8",
                "card": "#FFFFFF",
                "ink": "#22303C",
                "muted": "#5F6B78",
                "line": "#E1E7EB",
                "primary": "#0F766E",
                "accent": "#D97706",
            }
        ),
        "warm": MappingProxyType(
            {
                "ground": "#FAF2E3",
                "card": "#FFFDF8",
                "ink": "#3A2A1C",
                "muted": "#74604A",
                "line": "#EBDDC5",
                "primary": "#9C4A14",
                "accent": "#D98206",
            }
        ),
        "plain": MappingProxyType(
            {
                "ground": "#FFFFFF",
                "card": "#FFFFFF",
                "ink": "#000000",
                "muted": "#454545",
                "line": "#BDBDBD",
                "primary": "#1A1A1A",
                "accent": "#1A1A1A",
            }
        ),
    }
)
_RED, _GREEN = "#B42318", "#15803D"


def palette(look: Json) -> dict[str, str]:
    """Every colour of a look as #RRGGBB; a theme that is not known is calm, what is no colour is the theme's own.

    primary, accent_ink, red, green, ink and muted can be read on ground, card and their tints; `bright` and white on
    primary and accent_ink. `deep` and accent_deep are their darker ends; `accent` is for shapes only.
    """
    chosen = look if isinstance(look, dict) else {}
    return dict(_palette(*(str(chosen.get(key) or "") for key in ("theme", "primary", "accent"))))


@lru_cache
def _palette(theme: str, primary: str, accent: str) -> Mapping[str, str]:
    theme = theme if theme in _THEMES else "calm"
    base = dict(_THEMES[theme])
    if theme != "plain":
        own = {"primary": primary, "accent": accent}
        base |= {key: colour.upper() for key, colour in own.items() if _COLOUR.fullmatch(colour)}
    ground, card = base["ground"], base["card"]
    tints = {
        "tint": mixed(base["primary"], card, 0.09),
        "accent_tint": mixed(base["accent"], card, 0.11),
    }
    grounds = (ground, card, *tints.values())
    primary, accent_ink = (readable(base[key], *grounds) for key in ("primary", "accent"))
    return MappingProxyType(
        {
            **base,
            **tints,
            "theme": theme,
            "primary": primary,
            "deep": mixed("#000000", primary, 0.28),
            "bright": readable(mixed(base["accent"], "#FFFFFF", 0.22), primary, accent_ink),
            "accent_ink": accent_ink,
            "accent_deep": mixed("#000000", accent_ink, 0.28),
            "red": readable("#000000" if theme == "plain" else _RED, *grounds),
            "green": readable("#000000" if theme == "plain" else _GREEN, *grounds),
            "muted": readable(base["muted"], *grounds),
            "soft": mixed(primary, card, 0.38),
        }
    )


def readable(colour: str, *grounds: str) -> str:
    """The colour, made darker (or lighter, on dark grounds) until it can be read on every one of them."""
    towards = "#000000" if min(luminance(ground) for ground in grounds) > 0.18 else "#FFFFFF"
    for step in range(51):
        tried = mixed(towards, colour, step / 50)
        if all(contrast(tried, ground) >= CONTRAST for ground in grounds):
            return tried
    return towards


def contrast(one: str, other: str) -> float:
    """From 1.0 to 21.0 (WCAG 2.2, contrast ratio)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """From 0.0 (black) to 1.0 (white) (WCAG 2.2, relative luminance)."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def mixed(colour: str, into: str, share: float) -> str:
    """`into` with so much of the colour in it, 0.0 to 1.0."""
    pairs = zip(_parts(colour), _parts(into), strict=True)
    return "#" + "".join(f"{round(255 * (a * share + b * (1 - share))):02X}" for a, b in pairs)


def _parts(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
