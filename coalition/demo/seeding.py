"""Puts the demo into the database, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from coalition.demo import SEED
from coalition.demo.accounts import seed_accounts
from coalition.demo.clock import opening
from coalition.demo.offices import seed_offices
from coalition.demo.plans import Plan, load_plans
from coalition.demo.rows import store_submissions
from coalition.demo.submissions import invent_submissions
from coalition.demo.versions import seed_versions
from common.locks import wait_for
from letters.models import Coalition, Letter, LetterStatus, Office
from signatories.models import Organisation, Signature, Tally
from signatories.services.refresh_tallies import refresh_tallies


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was done: the tallies of the letters filled, and the password of new users if any."""

    tallies: list[Tally]
    password: str | None


def seed_demo(
    *,
    known_passwords: bool,
    reset: bool = False,
    scale: int | None = None,
    seed: int = SEED,
    now: datetime | None = None,
) -> Seeded:
    """Makes what is missing of the demo; a letter that is there is left as it is.

    With `reset` the demo letters lose their signatures first and get new ones; the letters, their
    deliveries and the audit log stay, since these are never taken back. `scale` is the number of
    people on the statement.
    """
    now = now or timezone.now()
    with transaction.atomic():
        wait_for("seed_demo")
        password = seed_accounts(known_passwords=known_passwords)
        offices = seed_offices()
        filled = []
        for plan in load_plans(scale):
            letter = Letter.objects.filter(slug=plan.slug).first()
            if letter is not None and not reset:
                continue
            if letter is not None:
                _empty(letter)
            letter = _letter(plan, offices, now)
            store_submissions(letter, invent_submissions(plan, seed=seed, now=now))
            filled.append(letter.pk)
        tallies = refresh_tallies(letter_ids=filled) if filled else []
    return Seeded(tallies, password)


def _empty(letter: Letter) -> None:
    Signature.objects.of_letter(letter.pk).delete()
    Organisation.objects.filter(letter=letter).delete()


def _letter(plan: Plan, offices: dict[str, Office], now: datetime) -> Letter:
    """The letter with the settings of its plan and its text as current version."""
    opens_at = opening(plan, now)
    settings = {
        "goal": plan.goal,
        "fields": list(plan.fields),
        "organisations_may_sign": plan.organisations_may_sign,
        "review_policy": plan.review_policy,
        "opens_at": opens_at,
        "closes_at": None,
    }
    coalition = Coalition.objects.get(slug=plan.coalition)
    letter, _ = Letter.objects.update_or_create(
        slug=plan.slug, defaults=settings, create_defaults={**settings, "coalition": coalition}
    )
    letter.offices.set([offices[slug] for slug in plan.offices])
    letter.current_version = seed_versions(letter, plan, opens_at, now)
    letter.status = LetterStatus.OPEN
    letter.save(update_fields=["current_version", "status"])
    return letter
