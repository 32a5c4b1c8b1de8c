"""Font families of every script, as one CSS fallback list.

Debian: fonts-noto-core, fonts-noto-cjk, fonts-noto-color-emoji. A serif is taken where one exists.
"""

_SERIF = (
    *("", "Hebrew", "Thai", "Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Kannada"),
    *("Malayalam", "Tamil", "Telugu", "Sinhala", "Khmer", "Lao", "Myanmar", "Armenian"),
    *("Georgian", "Ethiopic", "Tibetan"),
)
_CJK = {"ja": "JP", "ko": "KR", "zh": "SC", "zh-hant": "TC"}


def font_families(language: str) -> str:
    """The `font-family` value for text in `language` that may hold names in any script."""
    cjk = dict.fromkeys([_CJK.get(language.lower(), "SC"), *_CJK.values()])
    families = [
        "Noto Serif",
        "Noto Naskh Arabic",
        *(f"Noto Serif {script}" for script in _SERIF if script),
        *(f"Noto Serif CJK {region}" for region in cjk),
        *("Noto Sans", "Noto Sans Symbols", "Noto Sans Symbols2"),
    ]
    return ", ".join([*(f'"{family}"' for family in families), "serif"])


def is_kana(char: str) -> bool:
    return "\u3040" <= char <= "\u30ff"


def shapes_of(name: str, country: str) -> str:
    """Whose shapes of the shared Han characters a name is set in: `ja`, `ko`, `zh-hant` or "".

    The script decides where it can (kana, hangul), else the country.
    """
    if name.isascii() or max(name) < "\u2e80":
        return ""
    if any(map(is_kana, name)) or country == "JP":
        return "ja"
    if any("\uac00" <= char <= "\ud7a3" for char in name):
        return "ko"
    return "zh-hant" if country in ("TW", "HK", "MO") else ""
