from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from letters.models import Letter
from signatories.models.choices import Capacity, Status

if TYPE_CHECKING:
    from signatories.models.signature import Signature

# Where a signature stands, with the columns' types.
_STATE = {
    "status": "text",
    "rejection_reason": "text",
    "featured_rank": "integer",
    "decided_at": "timestamptz",
    "withdrawn_from": "text",
    "withdrawn_at": "timestamptz",
}
_DECIDED_BY = (
    *("letter", "capacity", "name", "organisation_name", "role_title", "affiliation"),
    *("country", "city", "comment", "show_name", "consent_web", "signals", "marks"),
    *("confirmed_at", *_STATE),
)


class SignatureQuerySet(models.QuerySet["Signature"]):
    def counted(self) -> SignatureQuerySet:
        return self.filter(status=Status.COUNTED)

    def listed(self) -> SignatureQuerySet:
        """Those whose names the public page may show."""
        return self.counted().filter(show_name=True, consent_web=True)

    def for_office(self) -> SignatureQuerySet:
        """Those who agreed that a government office publishes and reuses their entry."""
        return self.counted().filter(show_name=True, consent_government=True)

    def for_press(self) -> SignatureQuerySet:
        """Those who agreed to be named in press releases."""
        return self.counted().filter(show_name=True, consent_press=True)

    def for_updates(self) -> SignatureQuerySet:
        """Those who asked for updates by mail."""
        return self.counted().filter(consent_updates=True)

    def people(self) -> SignatureQuerySet:
        return self.filter(capacity=Capacity.PERSONAL)

    def organisations(self) -> SignatureQuerySet:
        return self.filter(capacity=Capacity.ORGANISATION)

    def of_country(self, country: str) -> SignatureQuerySet:
        """Those of a country by its ISO 3166-1 code; all of them where it is empty."""
        return self.filter(country=country) if country else self

    def with_words(
        self, words: str, *, letter_id: int, capacity: str, country: str = ""
    ) -> SignatureQuerySet:
        """Listed ones of this letter, capacity and country whose name or affiliation has words
        that begin like these; case and accents do not count. The index `signature_roll_words`
        (migrations 0010 and 0016) finds them, in no order.
        """
        return self.lines_with(words).filter(
            RawSQL(  # nosec B611
                "roll_words(letter_id, capacity, country, roll_line)"
                " @@ roll_search(%s, %s, %s, roll_telling(%s))",
                (letter_id, capacity, country, words),
                output_field=models.BooleanField(),
            )
        )

    def lines_with(self, words: str) -> SignatureQuerySet:
        """The same words, looked for in each row: for who walks them in order and stops soon."""
        return self.filter(
            RawSQL(  # nosec B611
                "strpos(roll_line, roll_needle(%s)) > 0 AND roll_line LIKE ALL (roll_patterns(%s))",
                (words, words),
                output_field=models.BooleanField(),
            )
        )

    def found_by(self, letter_id: int, words: str) -> SignatureQuerySet:
        """Confirmed ones of this letter in which words begin like these, for organisers: all that
        was typed but the address. The column and its index are migration 0011's; `strip` keeps the
        second condition away from the index (migration 0016)."""
        return self.filter(
            RawSQL(  # nosec B611
                "signatories_signature.found_by @@ roll_query(%s, roll_telling(%s))"
                " AND strip(signatories_signature.found_by) @@ roll_query(%s, %s)",
                (letter_id, words, letter_id, words),
                output_field=models.BooleanField(),
            )
        )

    def featured(self) -> SignatureQuerySet:
        return self.filter(featured_rank__isnull=False).order_by("featured_rank", "id")

    def in_roll_order(self) -> SignatureQuerySet:
        return self.order_by("sort_key", "id")

    def newest_first(self) -> SignatureQuerySet:
        return self.order_by("-confirmed_at", "-id")

    def naming(self, organisation: str) -> SignatureQuerySet:
        """Those who sign for the organisation or name it as their affiliation."""
        return self.filter(
            Q(organisation_name__iexact=organisation) | Q(affiliation__iexact=organisation)
        )

    def of_letter(self, letter_id: int) -> SignatureQuerySet:
        return self.filter(letter_id=letter_id)

    def for_decision(self) -> SignatureQuerySet:
        """Locked in order, with what a decision looks at and the log keeps; a decision may be about
        very many, and whole rows are twice the work."""
        return self.only(*_DECIDED_BY).select_for_update().order_by("id")

    def put_back(self, states: Sequence[dict[str, Any]]) -> dict[int, str]:
        """Gives each row of `id` the state named with it, all in one statement.

        Returns their statuses: the database may ask some to sign the letter's new text first.
        """
        columns = ", ".join(f"{name} = state.{name}" for name in _STATE)
        types = ", ".join(f"{name} {kind}" for name, kind in _STATE.items())
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE signatories_signature SET {columns}"  # noqa: S608  # nosec B608
                f" FROM jsonb_to_recordset(%s) AS state (id bigint, {types})"
                " WHERE signatories_signature.id = state.id"
                " RETURNING signatories_signature.id, signatories_signature.status",
                (json.dumps(states),),
            )
            return dict(cursor.fetchall())

    def kept(self) -> SignatureQuerySet:
        """Without those that were erased: rows that only count."""
        return self.filter(erased_at__isnull=True)

    def newest_of_address(self, letter_id: int, address_digest: bytes) -> Signature | None:
        """The address's confirmed signature of the letter, else the newest that waits for it."""
        return (
            self.filter(letter_id=letter_id, email_digest=address_digest)
            .filter(Q(confirmed_at__isnull=False) | Q(status=Status.UNCONFIRMED))
            .order_by(F("confirmed_at").asc(nulls_last=True), "-id")
            .first()
        )

    def confirmed_of_address(self, address_digest: bytes) -> SignatureQuerySet:
        """What the address has signed on all letters, newest first."""
        return (
            # By letter: the index of confirmed addresses starts with it.
            self.filter(letter_id__in=Letter.objects.values("pk"))
            .filter(email_digest=address_digest, confirmed_at__isnull=False)
            .select_related("letter__coalition", "version__letter")
            .prefetch_related("version__translations")
            .order_by("-confirmed_at")
        )

    def alike(self, letter_id: int, likeness: bytes) -> SignatureQuerySet:
        """Confirmed ones of the letter whose displayed name may be the same or nearly."""
        return self.filter(letter_id=letter_id, likeness=likeness).exclude(
            status__in=(Status.REJECTED, Status.WITHDRAWN)
        )

    def mail_due(self) -> SignatureQuerySet:
        """The outbox: rows that wait for their confirmation mail."""
        return self.filter(confirmation_sent_at__isnull=True, confirmation_due_at__lte=Now())
