"""Writes down that signatures leave as a table."""

from letters.models import User
from signatories.export import Export
from verification.models import Action, AuditEntry


def record_export(*, export: Export, file_format: str, actor: User) -> int:
    """Who takes what, for which purpose: in the log before the first row leaves.

    Returns how many rows the table has at this moment.
    """
    rows = export.signatures.count()
    columns = ", ".join(export.columns)
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
