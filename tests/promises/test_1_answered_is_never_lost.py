"""Promise 1: a signature that was answered "check your inbox" is never lost, whatever dies next."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from coalition.celery import app
from coalition.embedded.addresses import REPOSITORY
from coalition.schedule import SCHEDULE
from signatories.models import Signature, Status
from tests.builders import a_letter, sign_data
from tests.conftest import SAME_ORIGIN
from verification.services.send_due_mail import send_due_mail
from verification.services.work_on_import import SHIFT_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = """
import sys, django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[2])
from verification.services.send_due_mail import send_due_mail
send_due_mail()
"""


def test_signature_survives_a_dead_redis_and_a_worker_killed_while_it_sends(settings: Any) -> None:
    letter = a_letter()
    # Redis and the broker are gone when the form arrives.
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    broker, app.conf.broker_url = app.conf.broker_url, "redis://127.0.0.1:1/0"
    try:
        answer = Client(headers=SAME_ORIGIN).post("/letters/a-letter/sign/", sign_data(letter))
    finally:
        app.conf.broker_url = broker
    assert answer["Location"].endswith("/check-inbox/")

    # A worker takes the row and is killed while the mail server has it on the line.
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        worker = subprocess.Popen(
            [
                *(sys.executable, "-c", WORKER),
                *(str(connection.settings_dict["NAME"]), str(server.getsockname()[1])),
            ],
            cwd=REPOSITORY,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "coalition.settings"},
        )
        line, _ = server.accept()
        with line:
            line.sendall(b"220 mail.example\r\n")
            assert line.recv(1000).lower().startswith(b"ehlo")
            assert send_due_mail() == 0  # no other worker takes what one holds
            worker.send_signal(signal.SIGKILL)
            assert worker.wait(10) == -signal.SIGKILL
    assert mail.outbox == []

    # What comes next finds the row and sends the mail.
    row = Signature.objects.get()
    assert (row.status, row.confirmation_sent_at) == (Status.UNCONFIRMED, None)
    assert _until_sent() == 1
    assert [message.to for message in mail.outbox] == [["ada@mail.example"]]


def _until_sent() -> int:
    """Postgres lets go of a dead worker's rows as soon as it notices; beat comes again anyway."""
    import time

    end = time.monotonic() + 20
    while time.monotonic() < end:
        if sent := send_due_mail():
            return sent
        time.sleep(0.2)
    return 0


def test_work_that_beat_asks_for_outlives_busy_workers(settings: Any) -> None:
    """Dropped at the end of its interval, all of it would be while a shift of an import or a slow
    mail server keeps the workers busy for longer."""
    slowest = SHIFT_SECONDS + settings.EMAIL_TIMEOUT
    assert [
        task
        for task, job in SCHEDULE.items()
        if job["options"]["expires"] < job["schedule"] + slowest
    ] == []
