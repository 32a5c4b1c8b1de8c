"""Writes down that signatures leave as a table."""

from django.db import transaction

from letters.models import User
from letters.services.check_member import check_member
from signatories.export import Export
from verification.models import Action, AuditEntry


def record_export(*, export: Export, file_format: str, actor: User) -> int:
    """Who takes what, for which purpose: in the log before the first row leaves.

    Returns how many rows the table has at this moment. Raises RoleEnded; no row leaves then.
    """
    rows = export.signatures.count()
    columns = ", ".join(export.columns)
    with transaction.atomic():
        check_member(letter=export.letter, user=actor, needed=export.purpose.needed)
        AuditEntry.objects.create(
            letter=export.letter,
            actor=actor,
            action=Action.EXPORT,
            note=f"{rows:,} × {export.purpose.value}.{file_format}: {columns}"[:500],
            after={
                "purpose": export.purpose.value,
                "format": file_format,
                "columns": list(export.columns),
                "rows": rows,
            },
        )
    return rows
