"""The drills. Each takes the scene, does its harm, and says what came of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from benchmarks.dossier import (
    LARGE,
    check_roll,
    counted,
    new_delivery,
    wait_until_idle,
    wait_until_ready,
)
from benchmarks.drills.outcome import Outcome, look_for
from benchmarks.drills.servers import Servers
from benchmarks.drills.signers import Signers
from benchmarks.drills.site import Site
from benchmarks.million import load_signatures
from benchmarks.stage import Stage, value
from deliveries.models import Delivery, DeliveryStatus, PieceStatus, Seal
from deliveries.services.cancel_delivery import clear_delivery
from deliveries.services.start_rendering import retry_rendering
from letters.models import Letter


@dataclass(frozen=True)
class Scene:
    """What a drill plays with."""

    stage: Stage
    site: Site
    servers: Servers
    letter: Letter

    def signers(self) -> Signers:
        """People who are about to sign the letter."""
        version = self.letter.current_version
        assert version is not None
        return Signers(f"{self.stage.url}/letters/{self.letter.slug}/sign/", version.number)


def web_process_killed(scene: Scene) -> Outcome:
    """kill -9 of one web process, then of all of them, while people sign"""
    signers = scene.signers()
    with signers.signing():
        time.sleep(2)
        scene.site.kill_one_child("web")
        time.sleep(3)
        scene.site.kill("web")
        scene.site.start("web")
        time.sleep(4)
    return look_for(scene.site, signers, Outcome("web process killed"))


def mail_worker_killed(scene: Scene) -> Outcome:
    """kill -9 of the mail worker and its children in the middle of a drain"""
    signers = scene.signers()
    scene.site.stop("worker-mail")
    signers.sign_for(4)
    due = _due(scene)
    scene.site.start("worker-mail")
    deadline = time.monotonic() + 30
    while not 0 < _due(scene) < due and time.monotonic() < deadline:
        time.sleep(0.005)
    outcome = Outcome("mail worker killed")
    left = _due(scene)
    scene.site.kill("worker-mail")
    outcome.notes.append(f"killed with {left} of {due} mails due")
    if not 0 < left < due:
        outcome.problems.append("the worker was not in the middle of a drain")
    scene.site.start("worker-mail")
    return look_for(scene.site, signers, outcome)


def redis_killed(scene: Scene) -> Outcome:
    """kill -9 of Redis while people sign; back three seconds later"""
    signers = scene.signers()
    with signers.signing():
        time.sleep(2)
        scene.servers.kill_redis()
        time.sleep(1)
        before = len(signers.accepted)
        time.sleep(2)
        without = len(signers.accepted) - before
        scene.servers.start_redis()
        time.sleep(2)
    outcome = Outcome("Redis killed", notes=[f"{without} signed in 2 s without it"])
    if not without:
        outcome.problems.append("nobody could sign without Redis")
    return look_for(scene.site, signers, outcome)


def postgres_restarted(scene: Scene) -> Outcome:
    """A restart of Postgres, two seconds long, while people sign and read"""
    signers = scene.signers()
    with signers.signing():
        time.sleep(2)
        scene.servers.restart_postgres(lambda: time.sleep(2))
        time.sleep(3)
    outcome = Outcome("Postgres restarted")
    unexpected = set(signers.others) - {"503"}
    if unexpected:
        outcome.problems.append(f"answers other than 303 and 503: {sorted(unexpected)}")
    return look_for(scene.site, signers, outcome)


def mail_server_down(scene: Scene) -> Outcome:
    """kill -9 of the mail server while people sign; back when all have"""
    scene.servers.kill_mailbox()
    signers = scene.signers()
    signers.sign_for(5)
    due = _due(scene)
    scene.servers.start_mailbox()
    outcome = Outcome("mail server down", notes=[f"{due} mails were due when it came back"])
    if due < len(signers.accepted):
        outcome.problems.append("rows are marked as sent although nothing took the mail")
    return look_for(scene.site, signers, outcome)


def render_worker_killed(scene: Scene) -> Outcome:
    """kill -9 of the render worker and its children, three times in a dossier of 100,000 names"""
    signers = scene.signers()
    signers.sign_for(1)
    load_signatures(scene.letter, counted=LARGE - counted(scene.letter), delivered=True)
    delivery = new_delivery(scene.letter)
    wait_until_ready(delivery)
    check_roll(delivery)
    wait_until_idle(delivery)
    undisturbed = _hashes(delivery)
    _forget_files(delivery)
    kills = []
    for share in (0.2, 0.5, 0.8):
        kills.append(_wait_for_pieces(delivery, share))
        scene.site.kill("worker-render")
        scene.site.start("worker-render")
    wait_until_ready(delivery)
    outcome = Outcome("render worker killed")
    outcome.notes.append(
        f"killed at {', '.join(map(str, kills))} of {delivery.pieces.count()} pieces"
    )
    if (disturbed := _hashes(delivery)) != undisturbed:
        outcome.problems.append(f"other hashes: {disturbed} instead of {undisturbed}")
    else:
        outcome.notes.append(f"{len(undisturbed)} files have the same hashes as undisturbed")
    return look_for(scene.site, signers, outcome)


def _hashes(delivery: Delivery) -> dict[str, str]:
    return dict(delivery.files.plain().values_list("name", "sha256"))


def _forget_files(delivery: Delivery) -> None:
    """As after a stop; the same frozen entries are typeset anew."""
    Seal.objects.filter(delivery=delivery).delete()
    delivery.files.all().delete()
    Delivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.CANCELLED, cancelled_at=timezone.now(), ready_at=None
    )
    clear_delivery(delivery_id=delivery.pk)
    assert delivery.created_by
    retry_rendering(delivery=delivery, actor=delivery.created_by)
    delivery.refresh_from_db()


def _wait_for_pieces(delivery: Delivery, share: float) -> int:
    """Waits until that share of the pieces is done; returns how many are."""
    done = delivery.pieces.filter(status=PieceStatus.DONE)
    wanted = share * delivery.pieces.count()
    deadline = time.monotonic() + 300
    while done.count() < wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    return done.count()


def _due(scene: Scene) -> int:
    return int(
        value(
            "SELECT count(*) FROM signatories_signature WHERE confirmation_sent_at IS NULL "
            "AND letter_id = %s",
            scene.letter.pk,
        )
    )


DRILLS: tuple[Callable[[Scene], Outcome], ...] = (
    web_process_killed,
    mail_worker_killed,
    redis_killed,
    postgres_restarted,
    mail_server_down,
    render_worker_killed,
)
