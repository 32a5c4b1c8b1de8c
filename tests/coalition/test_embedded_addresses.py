"""Where the embedded servers are."""

import os
from pathlib import Path

import environ
import psycopg2.extensions
import pytest

from coalition.embedded import addresses

LONGEST_SOCKET_PATH = 107


def test_var_dir_is_absolute_and_follows_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VAR", "link/var")
    assert addresses.var_dir() == real / "var"


def test_var_dir_without_var_is_in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR", "")
    assert addresses.var_dir() == addresses.REPOSITORY / "var"


def test_socket_paths_fit_at_any_depth() -> None:
    deep = Path("/" + "/".join(["a-folder-with-a-long-name"] * 40))
    sockets = [
        addresses.postgres_socket_dir(deep) / ".s.PGSQL.5432.lock",
        addresses.redis_socket(deep),
    ]
    assert [path for path in sockets if len(os.fsencode(path)) > LONGEST_SOCKET_PATH] == []


def test_runtime_dir_is_the_same_whatever_tmpdir_says(monkeypatch: pytest.MonkeyPatch) -> None:
    first = addresses.runtime_dir(Path("/srv/a"))
    monkeypatch.setenv("TMPDIR", "/elsewhere")
    assert addresses.runtime_dir(Path("/srv/a")) == first
    assert addresses.runtime_dir(Path("/srv/b")) != first


def test_runtime_dir_refuses_a_link_put_there_by_somebody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "SOCKETS", tmp_path)
    path = addresses.runtime_dir(tmp_path / "var")
    (tmp_path / "elsewhere").mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(addresses.UnsafeRuntimeDirectory, match="VAR="):
        addresses.runtime_dir(tmp_path / "var")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_runtime_dir_refuses_somebody_elses_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "SOCKETS", tmp_path)
    path = addresses.runtime_dir(tmp_path / "var")
    path.mkdir()
    os.chown(path, 65534, 65534)
    with pytest.raises(addresses.UnsafeRuntimeDirectory, match="65534"):
        addresses.runtime_dir(tmp_path / "var")


def test_database_url_is_read_by_django_and_by_libpq() -> None:
    url = addresses.database_url(Path("/srv/var"))
    directory = str(addresses.postgres_socket_dir(Path("/srv/var")))
    config = environ.Env.db_url_config(url)
    assert (config["NAME"], config["USER"], config["OPTIONS"]) == (
        "coalition",
        "coalition",
        {"host": directory},
    )
    assert psycopg2.extensions.parse_dsn(url) == {
        "user": "coalition",
        "dbname": "coalition",
        "host": directory,
    }


def test_email_url_follows_the_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILBOX_PORT", raising=False)
    monkeypatch.setenv("PORT", "8123")
    assert addresses.email_url(Path("/srv/var")) == "smtp://127.0.0.1:9123"
    monkeypatch.setenv("MAILBOX_PORT", "2525")
    assert addresses.email_url(Path("/srv/var")) == "smtp://127.0.0.1:2525"
