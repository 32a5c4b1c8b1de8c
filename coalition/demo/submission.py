"""One invented signature, before it becomes a row."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Submission:
    """What was typed, what became of it, and when. Named like the columns of Signature."""

    name: str
    language: str
    email: str
    created_at: datetime
    confirmation_sent_at: datetime
    status: str
    source: str
    capacity: str = "personal"
    organisation_name: str = ""
    role_title: str = ""
    affiliation: str = ""
    country: str = ""
    city: str = ""
    comment: str = ""
    featured_rank: int | None = None
    show_name: bool = True
    consent_web: bool = True
    consent_press: bool = False
    consent_government: bool = False
    consent_updates: bool = False
    network: str = ""
    rejection_reason: str = ""
    withdrawn_from: str = ""
    confirmed_at: datetime | None = None
    decided_at: datetime | None = None
    withdrawn_at: datetime | None = None
    signals: list[str] = field(default_factory=list)

    @property
    def displayed(self) -> str:
        """The name on the roll."""
        return self.organisation_name or self.name
