"""The embedded servers, started for real in folders of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from coalition.embedded import accounts, addresses, postgres, processes
from coalition.embedded.errors import EmbeddedError
from coalition.embedded.lock import only_start
from coalition.embedded.services import everything

pytestmark = pytest.mark.slow


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for servers of its own; afterwards nothing works in it any more."""
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAILBOX_PORT"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "var"
    monkeypatch.setenv("VAR", str(folder))
    yield folder
    assert running_in(folder) == []
    assert not addresses.runtime_dir(folder).exists()


def running_in(var: Path) -> list[int]:
    """The servers that work in the folder."""
    return (
        processes.leftover_servers(var / "postgres", "postgres")
        + processes.leftover_servers(var / "redis", "redis-server")
        + processes.leftover_programs(var)
    )


def execute(*command: str, timeout: float = 90) -> subprocess.CompletedProcess[str]:
    """Run a command with the services up."""
    return subprocess.run(
        [sys.executable, "-m", "coalition.embedded", "exec", "--", *command],
        check=False,
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=addresses.REPOSITORY,
    )


def start_and_kill_supervisor(var: Path, environment: dict[str, str] | None = None) -> None:
    """Start the services and kill -9 what started them, once they answer."""
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "coalition.embedded", "exec", "--", "sleep", "60"],
        cwd=addresses.REPOSITORY,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: can_connect(var))
    finally:
        supervisor.kill()
        supervisor.wait()


def can_connect(var: Path) -> bool:
    """Whether the database answers."""
    try:
        psycopg2.connect(addresses.database_url(var)).close()
    except psycopg2.OperationalError:
        return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_exec_gives_the_addresses_and_passes_on_the_exit_code(var: Path) -> None:
    script = (
        "import os, psycopg2, redis, smtplib, sys; from urllib.parse import urlsplit\n"
        "c = psycopg2.connect(os.environ['DATABASE_URL']).cursor()\n"
        "c.execute('SELECT current_user, usesuper FROM pg_user WHERE usename = current_user')\n"
        "print(*c.fetchone(), redis.Redis.from_url(os.environ['REDIS_URL']).ping())\n"
        "mail = urlsplit(os.environ['EMAIL_URL']); smtplib.SMTP(mail.hostname, mail.port).quit()\n"
        "sys.exit(7)"
    )
    result = execute(sys.executable, "-c", script)
    assert (result.stdout, result.returncode) == ("coalition False True\n", 7)


def test_exec_without_a_command_says_how_to_call_it() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "coalition.embedded", "start"],
        check=False,
        capture_output=True,
        text=True,
        cwd=addresses.REPOSITORY,
    )
    assert (result.returncode, result.stderr[:6]) == (2, "Usage:")


def test_data_survives_a_stop_and_text_folds_in_every_script(var: Path) -> None:
    with everything(var) as running:
        with psycopg2.connect(running.environment["DATABASE_URL"]) as connection:
            connection.cursor().execute("CREATE TABLE kept AS SELECT lower('ÉCOLE ΔΣ ДОМ') AS word")
        connection.close()
    with everything(var) as running:
        connection = psycopg2.connect(running.environment["DATABASE_URL"])
        cursor = connection.cursor()
        cursor.execute("SELECT word, getdatabaseencoding() FROM kept")
        assert cursor.fetchone() == ("école δσ дом", "UTF8")
        connection.close()


def test_given_addresses_are_left_alone(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.setenv("EMAIL_URL", "smtp://elsewhere")
    with everything(var) as running:
        assert sorted(running.environment) == ["REDIS_URL", "VAR"]
        assert [service.program.name for service in running.services] == ["redis"]


def test_nothing_listens_on_the_network_for_the_stores(var: Path) -> None:
    with everything(var):
        for pid in set(running_in(var)) - set(processes.leftover_programs(var)):
            listening = {
                line.split()[9]
                for name in ("tcp", "tcp6")
                for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
                if line.split()[3] == "0A"
            }
            own = {
                str(fd.readlink()).removeprefix("socket:[").rstrip("]")
                for fd in Path(f"/proc/{pid}/fd").iterdir()
                if os.path.lexists(fd)
            }
            assert listening & own == set()


def test_a_second_start_is_told_who_holds_the_folder(var: Path) -> None:
    with only_start(var):
        result = execute("true")
    assert result.returncode == 1
    assert f"{var} is in use by process {os.getpid()}" in result.stderr
    assert "VAR=" in result.stderr


def test_a_half_made_data_directory_is_made_anew(var: Path) -> None:
    half = var / "postgres.unfinished" / "base"
    half.mkdir(parents=True)
    assert execute("true").returncode == 0
    assert sorted(path.name for path in var.glob("postgres*")) == ["postgres"]


def test_killing_the_supervisor_ends_the_servers_and_the_next_start_works(var: Path) -> None:
    start_and_kill_supervisor(var)
    wait_until(lambda: running_in(var) == [])
    assert execute("true").returncode == 0


def test_servers_that_outlived_their_supervisor_are_ended_first(
    var: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Without setpriv on the PATH nothing ends them when the supervisor dies.
    (tmp_path / "sleep").symlink_to("/bin/sleep")
    start_and_kill_supervisor(var, {"PATH": str(tmp_path)})
    orphans = running_in(var)
    assert len(orphans) > 2
    assert execute("true").returncode == 0
    assert [pid for pid in orphans if Path(f"/proc/{pid}/exe").exists()] == []


def test_a_stale_pid_file_that_names_another_process_is_no_obstacle(var: Path) -> None:
    assert execute("true").returncode == 0
    account = accounts.service_account(var / "postgres")
    # Of the same user as the server: PostgreSQL alone would take it for a running server.
    other = processes.Program(name="other", argv=("sleep", "60"), account=account).start()
    try:
        stale = var / "postgres" / "postmaster.pid"
        stale.write_text(f"{other.pid}\n{var / 'postgres'}\n1\n5432\n\n\n\n")
        assert execute("true").returncode == 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_sigterm_stops_the_command_and_the_servers(var: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "coalition.embedded", "exec", "--", "sleep", "60"],
        cwd=addresses.REPOSITORY,
    )
    wait_until(lambda: can_connect(var))
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 128 + signal.SIGTERM
    assert running_in(var) == []


def test_an_older_data_directory_is_refused_with_the_way_out(var: Path) -> None:
    assert execute("true").returncode == 0
    (var / "postgres" / "PG_VERSION").write_text("16\n")
    with only_start(var), pytest.raises(EmbeddedError, match="pg_dump"):
        postgres.prepare(var)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_root_opens_closed_parents_to_pass_and_nothing_more(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "var").mkdir(parents=True)
    for folder in (closed, closed / "var"):
        folder.chmod(0o700)
    account = accounts.service_account(closed / "var" / "postgres")
    assert account is not None
    changed = accounts.let_through(account, closed / "var" / "postgres")
    assert changed[-2:] == [closed, closed / "var"]
    assert [oct(folder.stat().st_mode & 0o777) for folder in changed[-2:]] == ["0o701", "0o701"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
def test_another_user_of_the_machine_cannot_connect(var: Path) -> None:
    script = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    with everything(var):
        result = subprocess.run(
            ["/usr/bin/python3", "-c", script]
            + [str(addresses.postgres_socket_dir(var) / ".s.PGSQL.5432")],
            check=False,
            capture_output=True,
            text=True,
            user=65534,
            group=65534,
            extra_groups=[],
        )
    assert "PermissionError" in result.stderr


def test_a_strict_umask_locks_nobody_out(var: Path) -> None:
    before = os.umask(0o077)
    try:
        assert execute("true").returncode == 0
    finally:
        os.umask(before)
