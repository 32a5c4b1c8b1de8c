"""`manage.py up`: the whole installation on this machine, in the foreground."""

import os
import socket
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from coalition.demo import ORGANISER_EMAIL, ORGANISER_PASSWORD
from coalition.demo.accounts import is_private
from coalition.embedded import addresses
from coalition.embedded.errors import EmbeddedError
from coalition.embedded.services import everything
from coalition.embedded.stopping import Stopped, stoppable
from coalition.running.preparation import prepare_site
from coalition.running.probe import is_healthy
from coalition.running.programs import site_programs
from coalition.running.supervisor import Supervisor
from letters.models import Letter, User

LATE_SECONDS = 60.0


class Command(BaseCommand):
    """Services, tables, demo content, web, workers, beat and mailbox; Ctrl-C ends them all."""

    help = "Run everything on this machine. PORT, HOST and VAR come from the environment."
    # `doctor` and `check` name problems; the tables that some checks want may not be there yet.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop."""
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = addresses.port()
        self.started_at = time.monotonic()
        self.ready = False
        self.late_after = LATE_SECONDS
        var = addresses.var_dir()
        try:
            self._require_free_ports()
            with stoppable():
                self._say("PostgreSQL, Redis and mailbox…")
                with everything(var, addresses.mailbox_port()) as running:
                    prepare_site(self._say, demo=is_private())
                    connections.close_all()
                    programs = site_programs(self.host, self.port, var, running.environment)
                    self._say("Web, workers and beat…")
                    Supervisor(programs, running, var).run(self._announce)
        except Stopped:
            self._say("Stopped.")
        except EmbeddedError as error:
            raise CommandError(str(error)) from error

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _require_free_ports(self) -> None:
        wanted = [("PORT", self.host, self.port)]
        if not os.environ.get("EMAIL_URL"):
            wanted.append(("MAILBOX_PORT", "127.0.0.1", addresses.mailbox_port()))
        for name, host, number in wanted:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, number))
                except OSError as error:
                    raise CommandError(
                        f"Port {number} on {host} cannot be used ({error.strerror}). "
                        f"Stop what uses it, or choose another: {name}={number + 1} make run"
                    ) from error

    def _announce(self) -> None:
        """Print the addresses once the site answers; say so when that takes long."""
        if self.ready:
            return
        waited = time.monotonic() - self.started_at
        if is_healthy(self.host, self.port, settings.SITE_URL):
            self.ready = True
            self._print_addresses(waited)
        elif waited > self.late_after:
            self.late_after += LATE_SECONDS
            self._say(
                f"/healthz has not answered 200 for {waited:.0f} s. The lines above say why; "
                "`python manage.py doctor` names the mend."
            )

    def _print_addresses(self, seconds: float) -> None:
        site = settings.SITE_URL
        lines = [f"\nReady after {seconds:.0f} s.", f"  Site       {site}/"]
        lines += [
            f"  Letter     {site}{letter.get_absolute_url()}" for letter in Letter.objects.all()[:3]
        ]
        lines.append(f"  Organisers {site}/accounts/login/{self._demo_login()}")
        if settings.MAILBOX:
            lines.append(f"  Mailbox    {site}/mailbox/")
        lines.append("Ctrl-C ends it all.\n")
        connections.close_all()
        self._say("\n".join(lines))

    def _demo_login(self) -> str:
        """Return the demo organiser's login for the line, where there is one and it still works."""
        user = User.objects.filter(email=ORGANISER_EMAIL).first()
        if user is None or not user.check_password(ORGANISER_PASSWORD):
            return ""
        return f"  {ORGANISER_EMAIL}  {ORGANISER_PASSWORD}"
