from verification.models.audit import Action, AuditEntry
from verification.models.evidence import Evidence
from verification.models.mail import SentMail

__all__ = ["Action", "AuditEntry", "Evidence", "SentMail"]
