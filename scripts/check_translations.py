"""Whether every language has every string, translated, with its placeholders whole.

The strings are collected in a copy, so that the check changes no file.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from scripts.check import ROOMS, ROOT

SHOWN = 20


def main() -> int:
    """Print what is missing and return 1, or return 0."""
    problems = []
    for path in message_files(ROOT):
        problems += wrong_placeholders(path)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in (*ROOMS, "templates", "static", "locale"):
            if (ROOT / name).exists():
                shutil.copytree(
                    ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__")
                )
        shutil.copy(ROOT / "manage.py", copy)
        if message_files(copy):
            collect(copy)
        for path in message_files(copy):
            problems += untranslated(path, path.relative_to(copy))
    for problem in problems[:SHOWN]:
        print(problem)
    if len(problems) > SHOWN:
        print(f"… and {len(problems) - SHOWN} more")
    return 1 if problems else 0


def message_files(root: Path) -> list[Path]:
    """Return the message files under `locale/`."""
    return sorted(root.glob("locale/*/LC_MESSAGES/*.po"))


def wrong_placeholders(path: Path) -> list[str]:
    """Return what msgfmt has to say against the file."""
    result = subprocess.run(
        ["msgfmt", "--check-format", "-o", os.devnull, str(path)],
        check=False,
        capture_output=True,
        text=True,
    )
    return result.stderr.strip().splitlines() if result.returncode else []


def collect(copy: Path) -> None:
    """Collect the strings of code and templates into the copy's message files."""
    for domain in sorted({path.stem for path in message_files(copy)}):
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "--all", "--domain", domain]
            + ["--no-obsolete", "--verbosity", "0"],
            check=True,
            cwd=copy,
            env={**os.environ, "VAR": str(copy / "var")},
        )


def untranslated(path: Path, shown_as: Path) -> list[str]:
    """Return a line for each string that is missing or only guessed (fuzzy)."""
    with path.open("rb") as file:
        catalog = read_po(file)
    return [
        f"{shown_as}: {'guessed' if message.fuzzy else 'missing'}: {place(message)}{message.id!r}"
        for message in catalog
        if message.id and (message.fuzzy or not is_complete(message))
    ]


def is_complete(message: Message) -> bool:
    """Whether every form of the string is there."""
    forms = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return bool(forms) and all(forms)


def place(message: Message) -> str:
    """Return where the string is used, for the line."""
    return f"{message.locations[0][0]}: " if message.locations else ""


if __name__ == "__main__":
    sys.exit(main())
