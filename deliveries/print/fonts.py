"""Font families of every script, as one list of fallbacks.

Debian: fonts-noto-core, fonts-noto-cjk, fonts-noto-color-emoji. A serif is taken where one exists.
"""

_SERIF = (
    *("", "Hebrew", "Thai", "Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Kannada"),
    *("Malayalam", "Tamil", "Telugu", "Sinhala", "Khmer", "Lao", "Myanmar", "Armenian"),
    *("Georgian", "Ethiopic", "Tibetan"),
)
_CJK = {"ja": "JP", "ko": "KR", "zh": "SC", "zh-hant": "TC"}


def families(language: str) -> list[str]:
    """Families in order of preference, for text in `language` that may hold names in any script."""
    cjk = dict.fromkeys([_CJK.get(language.lower(), "SC"), *_CJK.values()])
    return [
        "Noto Serif",
        "Noto Naskh Arabic",
        *(f"Noto Serif {script}" for script in _SERIF if script),
        *(f"Noto Serif CJK {region}" for region in cjk),
        *("Noto Sans", "Noto Sans Symbols", "Noto Sans Symbols2"),
    ]


def is_kana(char: str) -> bool:
    return "\u3040" <= char <= "\u30ff"


def shapes_of(name: str, country: str) -> tuple[str | None, str | None]:
    """Language and region whose shapes of the shared Han characters a name is set in, if any.

    The script decides where it can (kana, hangul), else the country.
    """
    if name.isascii() or max(name) < "\u2e80":
        return None, None
    if any(map(is_kana, name)) or country == "JP":
        return "ja", None
    if any("\uac00" <= char <= "\ud7a3" for char in name):
        return "ko", None
    return ("zh", country) if country in ("TW", "HK", "MO") else (None, None)
