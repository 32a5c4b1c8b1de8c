"""What beat asks the workers for, and every how many seconds."""

from typing import Any

_SECONDS = {
    "letters.tasks.reveal_letters": 1,
    "verification.tasks.resume_imports": 2,
    "verification.tasks.send_due_mail": 3,
    "letters.tasks.send_member_invitations": 5,
    "verification.tasks.send_updates": 5,
    "signatories.tasks.refresh_tallies": 5,
    "verification.tasks.send_notices": 10,
    "verification.tasks.send_due_invitations": 10,
    "verification.tasks.resume_bulk_actions": 15,
    "deliveries.tasks.resume_deliveries": 5,
    "verification.tasks.collect_views": 30,
    "deliveries.tasks.erase_entries": 60,
    "verification.tasks.refresh_statistics": 60,
    "coalition.tasks.purge_personal_data": 3600,
}

# What waited for its interval and a minute is dropped, or a long outage would leave a queue of
# thousands; the next one does its work. Not sooner: where workers are busy for longer than an
# interval, each would be dropped before its turn, and mail would wait until an import is over.
PATIENCE_SECONDS = 60
SCHEDULE: dict[str, dict[str, Any]] = {
    task: {
        "task": task,
        "schedule": float(seconds),
        "options": {"expires": seconds + PATIENCE_SECONDS},
    }
    for task, seconds in _SECONDS.items()
}
