from verification.models.audit import Action, AuditEntry

__all__ = ["Action", "AuditEntry"]
