"""Reads the demo's data files."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


@lru_cache
def read_toml(name: str) -> dict[str, Any]:
    """The content of `<name>.toml` in the demo's folder; callers leave it unchanged."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def listed(text: str) -> tuple[str, ...]:
    """The entries of a comma-separated list that may run over several lines."""
    return tuple(entry for part in text.split(",") if (entry := " ".join(part.split())))
