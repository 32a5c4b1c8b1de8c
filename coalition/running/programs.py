"""The programs of an installation on one machine, beside its stores."""

import sys
from collections.abc import Mapping
from pathlib import Path

from coalition.embedded.addresses import REPOSITORY
from coalition.embedded.processes import Program, supervised_by

# Read by the web server, and by the settings: common/bodylimit.py keeps one of them free.
WEB_THREADS = {"GRANIAN_BLOCKING_THREADS": "4"}
# Memory does not all come back to the system; a child larger than this (KB) is replaced.
RENDER_MEMORY = 400_000
QUIET = {
    "PYTHONUNBUFFERED": "1",
    # Somebody who starts all of this as root knows.
    "PYTHONWARNINGS": "ignore:You're running the worker",
}


def site_programs(host: str, port: int, var: Path, environment: Mapping[str, str]) -> list[Program]:
    """Return web, workers and beat, in the order in which they start; they stop in the opposite
    order.
    """
    python = Path(sys.executable).parent
    celery = (str(python / "celery"), "-A", "coalition", "--quiet")
    # Gossip and mingle are for clusters that elect; here they are chatter over Redis.
    worker = ("worker", "--loglevel", "warning", "--without-gossip", "--without-mingle")
    commands: dict[str, tuple[str, ...]] = {
        "worker-mail": (*celery, *worker, "-n", "mail@%h", "-Q", "mail,default", "-c", "2"),
        "worker-render": (
            *(*celery, *worker, "-n", "render@%h", "-Q", "render", "-c", "2"),
            *("--max-memory-per-child", str(RENDER_MEMORY)),
        ),
        # No pid file: after a kill -9 its number may be another process's, and beat would never
        # start.
        "beat": (
            *(*celery, "beat", "--loglevel", "warning"),
            *("--schedule", str(var / "beat-schedule"), "--pidfile", ""),
        ),
        "web": (
            *(str(python / "granian"), "--interface", "wsgi", "coalition.wsgi:application"),
            *("--host", host, "--port", str(port), "--no-ws", "--log-level", "warning"),
            *("--workers", "2", "--workers-kill-timeout", "10"),
            "--respawn-failed-workers",
        ),
    }
    return [
        Program(
            name=name,
            argv=argv,
            stop_seconds=20,
            environment={**WEB_THREADS, **environment, **supervised_by(var), **QUIET},
            directory=REPOSITORY,
        )
        for name, argv in commands.items()
    ]
