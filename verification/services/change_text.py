"""A letter's text changes after people have signed: they are told, or asked to sign again."""

from collections.abc import Mapping

from django.db import connection, transaction

from letters.models import ChangeKind, Letter, Role, User, Version
from letters.services.check_member import check_member
from letters.services.publish_version import publish_version
from letters.services.record import record
from letters.services.take_drafts import take_drafts
from signatories.models import Signature, Status
from signatories.services.refresh_tallies import refresh_tallies

# Who is to hear of the current version and has no notice of it yet: after a correction those who
# count, after a material change those who are asked. A row for each is the mail's outbox.
_NOTICES = """
INSERT INTO verification_versionnotice (version_id, signature_id)
SELECT letter.current_version_id, signature.id
FROM signatories_signature signature
JOIN letters_letter letter ON letter.id = signature.letter_id
WHERE signature.status = %s AND signature.version_id <> letter.current_version_id
  AND (%s::bigint IS NULL OR letter.id = %s)
  AND NOT EXISTS (
      SELECT FROM verification_versionnotice notice
      WHERE notice.signature_id = signature.id AND notice.version_id = letter.current_version_id
  )
ON CONFLICT (version_id, signature_id) DO NOTHING
"""


def change_text(
    *,
    letter: Letter,
    base: int,
    kind: ChangeKind,
    note: str,
    texts: Mapping[str, Mapping[str, str]],
    actor: User,
) -> Version:
    """Publishes the new version. After a material change nobody counts on it before signing it.

    New text, counts and the notices to signatories are one transaction: nobody is forgotten.
    Raises letters.services.publish_version.NewerVersion, NothingChanged.
    """
    with transaction.atomic():
        version = publish_version(
            letter=letter, base=base, kind=kind, note=note, texts=texts, actor=actor
        )
        if kind == ChangeKind.MATERIAL:
            Signature.objects.of_letter(letter.pk).counted().update(status=Status.ASKED)
        else:
            _note(Status.COUNTED, letter.pk)
        _note(Status.ASKED, letter.pk)
        refresh_tallies(letter_ids=[letter.pk])
        after = {"version": version.number, "kind": str(kind), "sha256": version.text_sha256}
        record(letter, actor, "new_text", before={"version": base}, after=after, note=note)
    return version


def publish_drafts(
    *, letter: Letter, base: int, seen: str, kind: ChangeKind, note: str, actor: User
) -> Version:
    """The letter's drafts as its new version. `seen` is the fingerprint of the drafts that were
    shown. Raises what change_text does, letters.services.take_drafts.TextChanged, RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        texts = {d.language: d.written() for d in take_drafts(letter=locked, seen=seen)}
        return change_text(letter=locked, base=base, kind=kind, note=note, texts=texts, actor=actor)


def note_the_asked() -> int:
    """Notices for those who came to be asked since: they confirmed, or were approved, late."""
    return _note(Status.ASKED, None)


def _note(status: Status, letter_id: int | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NOTICES, [status, letter_id, letter_id])
        added: int = cursor.rowcount
    return added
