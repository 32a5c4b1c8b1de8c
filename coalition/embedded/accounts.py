"""Which user PostgreSQL runs as. It refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from coalition.embedded.errors import EmbeddedError

ACCOUNT = "coalition-postgres"


def service_account(data: Path) -> pwd.struct_passwd | None:
    """Return the account to run PostgreSQL as, or None when that is simply us.

    Root uses the owner of an existing data directory, else the system account `coalition-postgres`
    (made here), else `nobody`. Raises EmbeddedError when an ordinary user meets a foreign data
    directory.
    """
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise EmbeddedError(
                f"{data} belongs to {account_name(owner)}. "
                "Start as that user or as root, or choose another folder: VAR=…"
            )
        return None
    if owner:
        return _by_uid(owner, data)
    return _by_name(ACCOUNT) or _add_account() or _by_name("nobody") or _no_account()


def account_name(uid: int | None) -> str:
    """Return the name of the user with that id, or the id itself where it has no name."""
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return f"uid {uid}"


def let_through(account: pwd.struct_passwd, *targets: Path) -> list[Path]:
    """Let `account` pass through every folder above the targets, and return those that were
    changed.

    Only the right to pass (o+x) is added: nobody can list or read what is inside because of it.
    """
    changed = []
    for folder in sorted({parent for target in targets for parent in target.resolve().parents}):
        found = folder.stat()
        if found.st_uid != account.pw_uid and not found.st_mode & 0o001:
            try:
                folder.chmod(found.st_mode & 0o7777 | 0o001)
            except OSError as error:
                raise EmbeddedError(
                    f"PostgreSQL runs as {account.pw_name} and cannot pass through {folder}: "
                    f"chmod o+x {folder}"
                ) from error
            changed.append(folder)
    return changed


def give(path: Path, account: pwd.struct_passwd) -> None:
    """Make `account` the owner of a directory and all in it."""
    for found in (path, *path.rglob("*")):
        os.chown(found, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _by_name(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _by_uid(uid: int, data: Path) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise EmbeddedError(
            f"{data} belongs to uid {uid}, which is no user here: "
            f"chown -R root {data}, then start again"
        ) from error


def _add_account() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    subprocess.run(
        [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent"]
        + ["--shell", "/usr/sbin/nologin", "--user-group", ACCOUNT],
        check=False,
        capture_output=True,
    )
    return _by_name(ACCOUNT)


def _no_account() -> pwd.struct_passwd:
    raise EmbeddedError(
        "PostgreSQL refuses to run as root and no other user is here. "
        f"Add one (useradd --system {ACCOUNT}), or start as an ordinary user."
    )
