"""Freezes the roll of a letter at one instant, as a numbered delivery to one office."""

from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, Count, F, Max, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from common.merkle import tree_root
from deliveries.models import Delivery, DeliveryEntry, DeliveryStatus, EntryKind, Sends
from deliveries.services.start_rendering import start_rendering
from letters.models import Letter, Office, RuleOverride, User, Version
from letters.models.rule_override import OVERRIDABLE, overridden, plain
from letters.services.record import record
from signatories.models import Capacity, FeaturedGroup, Signature, Status

ENTRY_COLUMNS = (
    *("delivery_id", "signature_id", "position", "kind", "featured_rank", "name"),
    *("role_title", "affiliation", "country", "city", "marks", "version_number"),
)
# Of an office, beside what may be overridden for a letter.
RULES = ("name", "time_zone", "deadline_is_day", "source", "checked_on")


class NoCountedSignature(Exception):
    """Nobody's signature counts yet, so there is nothing to deliver."""


class LetterWithdrawn(Exception):
    """The organisers have withdrawn the letter."""


class NoText(Exception):
    """The letter has no published version."""


def freeze_delivery(
    *,
    letter: Letter,
    office: Office,
    actor: User,
    form_token: UUID,
    sends: str = Sends.ROLL,
) -> Delivery:
    """The letter's next delivery, with its roll and counts as of one instant, being rendered.

    One statement reads the counts and copies the entries, so signing goes on meanwhile and both
    show the same instant. Presses of the same form (`form_token`) make one delivery; two people's
    deliveries get consecutive numbers, for the letter's row is locked (signers are not kept out).
    `sends` says what a later delivery to the same office takes along; the first one always has the
    whole roll. Raises LetterWithdrawn, NoText, NoCountedSignature.
    """
    with transaction.atomic():
        locked = (
            Letter.objects.select_for_update(no_key=True, of=("self",))
            .select_related("current_version")
            .get(pk=letter.pk)
        )
        pressed = Delivery.objects.filter(letter=letter, form_token=form_token).first()
        if pressed is not None:
            return pressed
        if locked.withdrawn_at is not None:
            raise LetterWithdrawn
        if locked.current_version is None:
            raise NoText
        delivery = _number_delivery(locked, locked.current_version, office, actor, form_token)
        delivery.totals = {
            **_copy_roll(delivery),
            "changes": _changes(delivery),
            "marks": delivery.entries.count_marks(),
        }
        if not delivery.totals["counted"]:
            raise NoCountedSignature
        delivery.list_root = tree_root(delivery.entries.leaves()).hex()
        delivery.layout = {
            "groups": _headings(delivery),
            "sends": sends if delivery.has_addendum else Sends.ROLL,
        }
        delivery.save(update_fields=["totals", "list_root", "layout"])
        start_rendering(delivery=delivery)
        record(locked, actor, "freeze", after={"delivery": delivery.number}, note=str(delivery))
        return delivery


def _number_delivery(
    letter: Letter, version: Version, office: Office, actor: User, form_token: UUID
) -> Delivery:
    text = version.authoritative
    override = RuleOverride.objects.filter(letter=letter, office=office).first()
    effective = overridden(office, override)
    last = Delivery.objects.filter(letter=letter).aggregate(last=Max("number"))["last"] or 0
    return Delivery.objects.create(
        letter=letter,
        office=office,
        version=version,
        created_by=actor,
        since=_delivered_before(letter, office),
        number=last + 1,
        form_token=form_token,
        language=text.language,
        text_sha256=text.text_sha256,
        subject=_subject(text.title, effective.subject_includes),
        required_statement=effective.required_statement,
        rules=_rules(office, effective, override),
        frozen_at=timezone.now(),
    )


def _rules(office: Office, effective: Office, override: RuleOverride | None) -> dict[str, Any]:
    """The rules that hold; under `waived` which of them do not apply to the letter, and under
    `overridden` what the office itself says instead."""
    differs = {name: plain(getattr(office, name)) for name in override.rules} if override else {}
    return {
        **{name: plain(getattr(effective, name)) for name in (*RULES, *OVERRIDABLE)},
        "waived": list(effective.waived),
        "overridden": differs,
        "override_source": override.source if override else "",
    }


def _delivered_before(letter: Letter, office: Office) -> Delivery | None:
    """What the office has of this letter already."""
    delivered = Delivery.objects.filter(letter=letter, office=office, status=DeliveryStatus.SENT)
    return delivered.order_by("-number").first()


def _headings(delivery: Delivery) -> list[tuple[int, str]]:
    """First rank and heading of each group of featured people, in the letter's language."""
    language = delivery.language
    return [
        (group.first_rank, group.heading(language, language))
        for group in FeaturedGroup.objects.filter(letter=delivery.letter_id)
    ]


def _changes(delivery: Delivery) -> dict[str, int] | None:
    """How many entries differ from those that the office has; None where it has none yet."""
    if delivery.since is None:
        return None
    return {
        "since": delivery.since.number,
        **DeliveryEntry.objects.count_changes(delivery.since, delivery),
    }


def _subject(title: str, includes: str) -> str:
    """The mail's subject: what the office wants in it, then the letter's title."""
    if not includes or includes.casefold() in title.casefold():
        return title
    return f"{includes}: {title}"


def _copy_roll(delivery: Delivery) -> dict[str, Any]:
    """Copies the entries, each with its leaf of the list root, and returns the explained count,
    all in one statement."""
    roll_sql, roll_params = _roll(delivery).query.sql_with_params()
    counts_sql, counts_params = _counts(delivery).query.sql_with_params()
    columns = ", ".join(ENTRY_COLUMNS)
    # Both parts are compiled by the ORM, every value is a parameter. OFFSET 0: one salt an entry,
    # not one for each time it is named.
    statement = (
        f"WITH salted ({columns}, salt) AS ("  # noqa: S608  # nosec
        f"SELECT roll.*, gen_random_uuid() FROM ({roll_sql}) AS roll OFFSET 0), entered AS ("
        f"INSERT INTO {DeliveryEntry._meta.db_table} ({columns}, salt, leaf) SELECT *, "
        "deliveries_leaf(salt, version_number, kind, name, role_title, affiliation, city, country) "
        "FROM salted RETURNING kind) "
        "SELECT 'named', kind, '', 0, count(*) FROM entered GROUP BY kind "
        f"UNION ALL SELECT * FROM ({counts_sql}) AS counts"
    )
    with connection.cursor() as cursor:
        # A large roll is sorted in memory.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(statement, [*roll_params, *counts_params])
        return _explain(cursor.fetchall())


def _roll(delivery: Delivery) -> QuerySet[Signature, tuple[Any, ...]]:
    """Who is named: organisations first, each in roll order, as columns of an entry.

    An organisation stands for itself: its representative's own name and role are not copied.
    """
    is_organisation = When(capacity=Capacity.ORGANISATION, then=Value(EntryKind.ORGANISATION.value))
    hidden = When(capacity=Capacity.ORGANISATION, then=Value(""))
    return (
        Signature.objects.of_letter(delivery.letter_id)
        .for_office()
        .annotate(
            of_delivery=Value(delivery.pk),
            entry_kind=Case(is_organisation, default=Value(EntryKind.PERSON.value)),
            entry_name=Case(
                When(capacity=Capacity.ORGANISATION, then=F("organisation_name")), default=F("name")
            ),
            entry_role=Case(hidden, default=F("role_title")),
            entry_affiliation=Case(hidden, default=F("affiliation")),
        )
        .annotate(
            entry_position=Window(RowNumber(), order_by=[F("entry_kind"), F("sort_key"), F("id")])
        )
        .order_by()
        .values_list(
            *("of_delivery", "id", "entry_position", "entry_kind", "featured_rank", "entry_name"),
            *("entry_role", "entry_affiliation", "country", "city", "marks", "version__number"),
        )
    )


def _counts(delivery: Delivery) -> QuerySet[Signature, tuple[Any, ...]]:
    return (
        Signature.objects.of_letter(delivery.letter_id)
        .order_by()
        .values_list("status", "capacity", "rejection_reason", "version__number")
        .annotate(number=Count("id"))
    )


def _explain(rows: list[tuple[str, str, str, int, int]]) -> dict[str, Any]:
    """The explained count: received = unconfirmed + held + rejected + withdrawn + asked + counted.

    Repeated submissions are in `unconfirmed`, as on the public page; `named` are in the roll;
    `versions` has how many of the counted signed which version of the text.
    """
    by_status = dict.fromkeys([*Status.values, "named"], 0)
    by_kind = dict.fromkeys(["people", "organisations", "named_people", "named_organisations"], 0)
    reasons: dict[str, int] = {}
    versions: dict[int, int] = {}
    for status, capacity, reason, version, number in rows:
        by_status[status] += number
        if status in ("named", Status.COUNTED):
            kind = "organisations" if capacity == Capacity.ORGANISATION else "people"
            by_kind[kind if status == Status.COUNTED else f"named_{kind}"] += number
            if status == Status.COUNTED:
                versions[version] = versions.get(version, 0) + number
        elif status == Status.REJECTED:
            reasons[reason] = reasons.get(reason, 0) + number
    named = by_status.pop("named")
    return {
        "received": sum(by_status.values()),
        "unconfirmed": by_status[Status.UNCONFIRMED] + by_status[Status.REPEATED],
        "held": by_status[Status.HELD],
        "rejected": by_status[Status.REJECTED],
        "rejected_by_reason": reasons,
        "withdrawn": by_status[Status.WITHDRAWN],
        "asked": by_status[Status.ASKED],
        "counted": by_status[Status.COUNTED],
        "versions": [{"version": each, "counted": versions[each]} for each in sorted(versions)],
        "named": named,
        **by_kind,
    }
