"""Invents all signatures of one letter: the counted ones, and those in every other state."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from coalition.demo.addresses import mail_address, network
from coalition.demo.clock import Clock
from coalition.demo.cultures import load_cultures
from coalition.demo.files import read_toml
from coalition.demo.mischief import Mischief
from coalition.demo.people import Inventor, Person
from coalition.demo.plans import Plan
from coalition.demo.submission import Submission


def invent_submissions(plan: Plan, *, seed: int, now: datetime) -> list[Submission]:
    """All signatures of a letter in the order in which they came.

    The same plan, seed and `now` give the same signatures; `now` moves the times and nothing else.
    """
    return sorted(Cast(plan, seed, now).all(), key=lambda row: row.created_at)


class Cast:
    """Makes the signatures of one letter, state by state."""

    def __init__(self, plan: Plan, seed: int, now: datetime) -> None:
        self.plan = plan
        self.now = now
        # Times have a source of their own: how often it is drawn from depends on `now`.
        self.random = random.Random(f"{seed} {plan.slug} people")  # nosec B311
        times = random.Random(f"{seed} {plan.slug} times")  # nosec B311
        self.clock = Clock(times, plan, now)
        self.inventor = Inventor(self.random, plan)
        self.comments = read_toml("comments")
        self.number = 0

    def all(self) -> list[Submission]:
        """Every signature, in no order."""
        plan = self.plan
        people = self._counted_people()
        rows = people + [
            self._organisation(row, "counted")
            for row in read_toml("organisations")["organisations"][: plan.organisations]
        ]
        rows += [self.make(self.inventor.person(), "unconfirmed") for _ in range(plan.unconfirmed)]
        rows += [self.make(self.inventor.person(), "withdrawn") for _ in range(plan.withdrawn)]
        rows += self._repeated(people)
        held = read_toml("organisations")["held"][: plan.held_organisations]
        rows += [self._organisation(row, "held") for row in held]
        mischief = Mischief(self, people)
        rows += [mischief.held() for _ in range(plan.held - len(held))]
        for reason, count in plan.rejected.items():
            rows += [mischief.rejected(reason) for _ in range(count)]
        return rows

    def make(self, person: Person, status: str, *, founder: bool = False) -> Submission:
        """A signature of this person in this state, with fitting times and consents."""
        plan, draw = self.plan, self.random
        self.number += 1
        created = self.clock.sealed() if founder else self.clock.public()
        language = person.culture.language
        row = Submission(
            name=person.name,
            language=language if language in plan.languages else "en",
            email=mail_address(draw, person.name, self.number),
            network=network(draw),
            created_at=created,
            confirmation_sent_at=created + timedelta(seconds=self.clock.random.uniform(1, 6)),
            status="unconfirmed",
            source=plan.sources if founder else plan.other_source,
            role_title=person.role_title if "role_title" in plan.asked else "",
            affiliation=person.affiliation if "affiliation" in plan.asked else "",
            country=person.country if "country" in plan.asked else "",
            city=person.city if "city" in plan.asked else "",
            consent_press=draw.random() < 0.6,
            consent_government=draw.random() < plan.consent_government,
            consent_updates=draw.random() < 0.45,
        )
        if "comment" in plan.asked and draw.random() < plan.comment_share:
            own = self.comments.get(person.culture.language, self.comments["en"])
            row.comment = draw.choice(own)
        self.settle(row, status)
        return row

    def settle(self, row: Submission, status: str, *, by_hand: bool = False) -> None:
        """Brings the signature into a state, with the times that the state implies."""
        row.status = status
        if status in ("unconfirmed", "repeated"):
            return
        row.confirmed_at = self.clock.soon_after(row.confirmation_sent_at, minutes=5)
        reviewed = self.plan.review_policy == "hold" or row.capacity == "organisation"
        if by_hand or (reviewed and status in ("counted", "withdrawn")):
            row.decided_at = self.clock.soon_after(row.confirmed_at, minutes=200)
        if status == "withdrawn":
            row.withdrawn_from = "counted"
            row.withdrawn_at = self.clock.soon_after(
                row.decided_at or row.confirmed_at, minutes=4000
            )

    def _counted_people(self) -> list[Submission]:
        founders = self.plan.is_sealed_at_first
        rows = []
        for person in self._chosen():
            row = self.make(person, "counted", founder=founders)
            row.consent_press = row.consent_government = True
            rows.append(row)
        featured = len(read_toml("featured")[self.plan.slug])
        for rank, row in enumerate(rows[:featured], start=1):
            row.featured_rank = rank
        while len(rows) < self.plan.people:
            rows.append(self.make(self.inventor.person(), "counted", founder=founders))
        for row in self.random.sample(rows[featured:], self.plan.anonymous):
            row.show_name = row.consent_web = row.consent_press = False
        return rows

    def _chosen(self) -> Iterator[Person]:
        """The featured people, and on the statement those whose names are hard to set."""
        cultures = load_cultures()
        special = read_toml("special")["people"] if self.plan.organisations else []
        for name, culture, country, city, role, affiliation in [
            *read_toml("featured")[self.plan.slug],
            *special,
        ]:
            self.inventor.seen.add(name)
            yield Person(name, cultures[culture], role, affiliation, country, city)

    def _organisation(self, data: list[str], status: str) -> Submission:
        name, label, country, city, culture, role = data
        representative = self.inventor.name_of(culture)
        person = Person(representative, load_cultures()[culture], role, "", country, city)
        row = self.make(person, "unconfirmed")
        row.capacity = "organisation"
        row.organisation_name = name
        row.comment = ""
        row.consent_government = True
        row.email = mail_address(self.random, representative, self.number, f"{label}.example")
        self.settle(row, status)
        return row

    def _repeated(self, people: list[Submission]) -> list[Submission]:
        """People who forgot that they had signed and sent the form again, a little differently."""
        long_ago = self.now - timedelta(days=2)
        chosen = self.random.sample(people, self.plan.repeated)
        rows = []
        for first in chosen:
            person = Person(
                first.name,
                load_cultures()["english"],
                "" if first.role_title else "Author",
                first.affiliation,
                first.country,
                first.city,
            )
            row = self.make(person, "repeated")
            row.email, row.language = first.email, first.language
            confirmed = first.confirmed_at or first.created_at
            if confirmed > long_ago:
                first.created_at = first.confirmation_sent_at = long_ago - timedelta(hours=1)
                first.confirmed_at = confirmed = long_ago
            if row.created_at <= confirmed:
                row.created_at = self.clock.soon_after(confirmed, minutes=900)
                row.confirmation_sent_at = min(row.created_at + timedelta(seconds=4), self.now)
            rows.append(row)
        return rows
