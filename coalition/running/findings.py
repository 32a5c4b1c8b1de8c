"""What the doctor says about one thing."""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    BLOCKS = "BLOCKS"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `mend` is empty where nothing is wrong."""

    level: Level
    subject: str
    text: str
    mend: str = ""


def ok(subject: str, text: str) -> Finding:
    """Return a finding that nothing is wrong."""
    return Finding(Level.OK, subject, text)


def blocks(subject: str, text: str, mend: str) -> Finding:
    """Return a finding without whose mend the site does not work."""
    return Finding(Level.BLOCKS, subject, text, mend)


def warns(subject: str, text: str, mend: str) -> Finding:
    """Return a finding that harms without stopping the site."""
    return Finding(Level.WARNING, subject, text, mend)
