"""Where the embedded servers are: functions of the environment, without Django, starting nothing.

Sockets do not live under VAR: a unix socket's path may have 107 bytes (sun_path in unix(7)) and VAR
may be any number of folders deep. They live in a short directory named after a hash of VAR. It is
always under /tmp, whatever TMPDIR says: two shells with different TMPDIRs must find the same
servers.
"""

import hashlib
import os
import stat
from pathlib import Path

from coalition.embedded.errors import EmbeddedError

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SOCKETS = Path("/tmp")  # noqa: S108  # nosec B108
DATABASE = "coalition"
ROLE = "coalition"


class UnsafeRuntimeDirectory(EmbeddedError):
    """Somebody else owns the directory that our sockets belong in."""


def var_dir() -> Path:
    """Return the directory of everything the installation writes: VAR, else `var/` in the
    repository.
    """
    return Path(os.environ.get("VAR") or REPOSITORY / "var").expanduser().resolve()


def port() -> int:
    """Return the web server's port: PORT, else 8000."""
    return int(os.environ.get("PORT") or 8000)


def mailbox_port() -> int:
    """Return the SMTP catcher's port: MAILBOX_PORT, else PORT + 1000."""
    return int(os.environ.get("MAILBOX_PORT") or port() + 1000)


def runtime_dir(var: Path) -> Path:
    """Return the directory of the sockets of the servers under `var`; it need not exist yet.

    Raises UnsafeRuntimeDirectory when something is there that belongs to neither this user nor the
    owner of `var`: in /tmp anybody can make a directory of that name first and answer as our
    database.
    """
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    path = SOCKETS / f"coalition-{digest}"
    owners = {os.geteuid()}
    if var.exists():
        owners.add(var.stat().st_uid)
    try:
        found = path.lstat()
    except FileNotFoundError:
        return path
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise UnsafeRuntimeDirectory(
            f"{path} belongs to somebody else (uid {found.st_uid}). "
            "Remove it, or choose another folder: VAR=…"
        )
    return path


def make_runtime_dir(var: Path) -> Path:
    """Make the directory of the sockets where it is missing, whatever the umask, and return it.

    Raises UnsafeRuntimeDirectory, also when somebody was faster.
    """
    path = runtime_dir(var)
    path.mkdir(exist_ok=True)
    runtime_dir(var)
    path.chmod(0o711)
    return path


def postgres_socket_dir(var: Path) -> Path:
    """Return the directory of PostgreSQL's socket, owned by the user that PostgreSQL runs as."""
    return runtime_dir(var) / "pg"


def redis_socket(var: Path) -> Path:
    """Return the path of Redis's socket."""
    return runtime_dir(var) / "redis.sock"


def database_url(var: Path) -> str:
    """Return the database's address, in a form that django-environ and libpq both read."""
    return f"postgres://{ROLE}@/{DATABASE}?host={postgres_socket_dir(var)}"


def redis_url(var: Path) -> str:
    """Return Redis's address."""
    return f"unix://{redis_socket(var)}?db=0"


def email_url(var: Path) -> str:
    """Return the address of the SMTP catcher on the loopback interface."""
    return f"smtp://127.0.0.1:{mailbox_port()}"
