"""`make check`: every check, one line each, with its mend when it fails.

Usage: python -m scripts.check [NAME…]: all checks, or those named.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ROOMS = ("common", "letters", "signatories", "verification", "deliveries", "coalition")

# What a careful installation sets; the values are made up and open nothing.
PRODUCTION = {
    "DEBUG": "false",
    "EMBEDDED": "false",
    "MAILBOX": "false",
    "SITE_URL": "https://letters.example.org",
    "ALLOWED_HOSTS": "letters.example.org",
    "SECRET_KEY": "check-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLM",
    "HASH_KEY": "check-only-9876543210-zyxwvutsrqponmlkjihgfedcba",
    "ADDRESS_KEYS": "Y2hlY2stb25seS1jaGVjay1vbmx5LWNoZWNrLW9ubHk=",
    "DATABASE_URL": "postgres://coalition:check-only@db.example.org/coalition",
    "REDIS_URL": "redis://redis.example.org/0",
    "EMAIL_URL": "smtp+tls://coalition:check-only@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "letters@letters.example.org",
    "TRUSTED_PROXIES": "10.0.0.0/8",
}


@dataclass(frozen=True)
class Check:
    """One command, and what to do when it fails."""

    name: str
    command: tuple[str, ...]
    mend: str
    environment: Mapping[str, str] = field(default_factory=dict)


def tool(name: str) -> str:
    """Return the path of a program of the virtual environment."""
    return str(BIN / name)


def checks() -> list[Check]:
    """Return the checks, quick ones first."""
    manage = (sys.executable, "manage.py")
    templates = tuple(
        str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("templates/**/*.html"))
    )
    return [
        Check("ruff", (tool("ruff"), "check", "."), "ruff check --fix ."),
        Check("format", (tool("ruff"), "format", "--check", "."), "ruff format ."),
        Check(
            "templates",
            (tool("djade"), "--target-version", "5.2", "--check", *templates),
            "djade --target-version 5.2 $(git ls-files 'templates/*.html')",
        ),
        Check(
            "imports",
            (tool("lint-imports"), "--no-cache"),
            "move the code to the room it belongs to (docs/architecture.md)",
        ),
        Check(
            "compose file",
            (
                tool("check-jsonschema"),
                "--builtin-schema",
                "vendor.compose-spec",
                "docker-compose.yml",
            ),
            "correct docker-compose.yml where the line says",
        ),
        Check(
            "bandit",
            (tool("bandit"), "-q", "-ll", "-c", "pyproject.toml", "-r", *ROOMS),
            "mend it, or mark the line `# nosec RULE` with the reason in a comment above",
        ),
        Check(
            "migrations",
            (*manage, "makemigrations", "--check", "--dry-run"),
            "python manage.py makemigrations",
        ),
        Check(
            "settings",
            (*manage, "check", "--deploy", "--fail-level", "WARNING"),
            "correct coalition/settings.py; production values must pass without a warning",
            PRODUCTION,
        ),
        Check(
            "translations",
            (sys.executable, "-m", "scripts.check_translations"),
            "python manage.py makemessages --all --no-location --no-obsolete, "
            "then translate what the lines name",
        ),
        Check("types", (tool("mypy"),), "annotate, or correct what the lines name"),
    ]


def run(check: Check, var: str) -> bool:
    """Run one check and print a line, and its output where it fails. Return whether it passed."""
    print(f"{check.name:<14}", end="", flush=True)
    started = time.monotonic()
    # A folder of its own: checks must not read the developer's keys or data.
    environment = {**os.environ, "VAR": var, **check.environment}
    result = subprocess.run(
        check.command,
        check=False,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    passed = result.returncode == 0
    print(f"{'ok' if passed else 'FAILED'} ({time.monotonic() - started:.1f} s)", flush=True)
    if not passed:
        print(result.stdout.rstrip())
        print(f"  Mend: {check.mend}\n", flush=True)
    return passed


def main(names: list[str]) -> int:
    """Run the named checks, or all; return 1 when one fails, 2 when a name is unknown."""
    every = checks()
    known = [check.name for check in every]
    unknown = [name for name in names if name not in known]
    if unknown:
        print(
            f"No such check: {', '.join(unknown)}. There are: {', '.join(known)}", file=sys.stderr
        )
        return 2
    with tempfile.TemporaryDirectory() as var:
        failed = [c.name for c in every if (not names or c.name in names) and not run(c, var)]
    if failed:
        print(f"{len(failed)} of the checks failed: {', '.join(failed)}")
        return 1
    print("All checks passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
