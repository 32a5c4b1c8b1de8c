"""What of a letter's signatures may leave as a table, for which purpose, and in which columns.

No column has a mail address: signatories gave it to confirm and to be written to from here, and
lists of them that lie about are how such addresses leak.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, Expression, F, Func, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from letters.models import Letter, Role
from signatories.models import Capacity, Signature, Status
from signatories.models.queryset import SignatureQuerySet

ROWS_AT_ONCE = 5000


class Purpose(models.TextChoices):
    """What for; decides whose entries are in the table."""

    WEB = "web", _("To publish on the web: who agreed to be listed on the website")
    PRESS = "press", _("For the press: who agreed to be named in press releases")
    GOVERNMENT = (
        "government",
        _("For a government office: who agreed that it publishes their entry"),
    )
    RECORDS = "records", _("For our own records: everybody, whatever they agreed to")

    @property
    def needed(self) -> Role:
        """Who may take it: records are the owners' alone."""
        return Role.OWNER if self == Purpose.RECORDS else Role.EDITOR


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what organisers read, and where its value comes from."""

    label: str | Promise
    value: Expression | F


_OF_ORGANISATION = When(capacity=Capacity.ORGANISATION, then=Value(""))
_words = models.CharField()


def _joined(field: str) -> Func:
    return Func(F(field), Value(" "), function="array_to_string", output_field=_words)


# An organisation stands for itself: its representative's own name and role are not published.
PUBLISHED: dict[str, Column] = {
    "name": Column(
        _("Name"),
        Case(When(capacity=Capacity.ORGANISATION, then=F("organisation_name")), default=F("name")),
    ),
    "kind": Column(
        _("Person or organisation"),
        Case(
            When(capacity=Capacity.ORGANISATION, then=Value("organisation")),
            default=Value("person"),
        ),
    ),
    "role_title": Column(_("Role or title"), Case(_OF_ORGANISATION, default=F("role_title"))),
    "affiliation": Column(_("Affiliation"), Case(_OF_ORGANISATION, default=F("affiliation"))),
    "city": Column(_("City"), F("city")),
    "country": Column(_("Country (ISO 3166 code)"), F("country")),
    "comment": Column(_("Comment"), F("comment")),
    "language": Column(_("Language"), F("language")),
    "version": Column(_("Version of the text"), F("version__number")),
    "featured": Column(_("Rank among the featured"), F("featured_rank")),
    "marks": Column(_("Evidence"), _joined("marks")),
    "signed_at": Column(_("When it was confirmed"), F("confirmed_at")),
}
RECORDED: dict[str, Column] = {
    "number": Column(_("Number"), F("id")),
    "status": Column(_("Status"), F("status")),
    "rejection_reason": Column(_("Reason of the rejection"), F("rejection_reason")),
    "representative": Column(
        _("Who signed for the organisation"),
        Case(When(capacity=Capacity.ORGANISATION, then=F("name")), default=Value("")),
    ),
    "representative_role": Column(
        _("Their role"),
        Case(When(capacity=Capacity.ORGANISATION, then=F("role_title")), default=Value("")),
    ),
    "show_name": Column(_("Shows the name"), F("show_name")),
    "consent_web": Column(_("Agreed: website"), F("consent_web")),
    "consent_press": Column(_("Agreed: press"), F("consent_press")),
    "consent_government": Column(_("Agreed: government office"), F("consent_government")),
    "consent_updates": Column(_("Agreed: updates by mail"), F("consent_updates")),
    "source": Column(_("How it came in"), F("source")),
    "signals": Column(_("Signals"), _joined("signals")),
    "received_at": Column(_("When it came in"), F("created_at")),
}
COLUMNS = PUBLISHED | RECORDED


@dataclass(frozen=True, slots=True)
class Export:
    """A table of a letter's signatures."""

    letter: Letter
    purpose: Purpose
    columns: Sequence[str]

    @property
    def signatures(self) -> SignatureQuerySet:
        """Those who agreed to the purpose."""
        rows = Signature.objects.of_letter(self.letter.pk)
        return {
            Purpose.WEB: rows.listed,
            Purpose.PRESS: rows.for_press,
            Purpose.GOVERNMENT: rows.for_office,
            Purpose.RECORDS: rows.kept,
        }[self.purpose]()

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The values of the columns, newest signatures of each status first.

        Read in batches, each a query of its own that the index `signature_queue` serves: a slow
        reader holds no transaction open, and PgBouncer can stand between.
        """
        values = [COLUMNS[name].value for name in self.columns]
        for status in Status:
            rows = self.signatures.filter(status=status).order_by("-id").values_list("id", *values)
            found = list(rows[:ROWS_AT_ONCE])
            while found:
                yield from (row[1:] for row in found)
                if len(found) < ROWS_AT_ONCE:
                    break
                found = list(rows.filter(pk__lt=found[-1][0])[:ROWS_AT_ONCE])


def numbers_by_purpose(letter: Letter) -> dict[str, int]:
    """How many entries a table for each purpose has now."""
    exports = [Export(letter, purpose, ()) for purpose in Purpose]
    return {export.purpose: export.signatures.count() for export in exports}
