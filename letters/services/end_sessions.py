"""Logs an account out elsewhere."""

from letters.models import Session, User


def end_session(*, user: User, handle: str) -> bool:
    """Whether the user had such a session."""
    for session in user.sessions.all():
        if session.handle == handle:
            session.delete()
            return True
    return False


def end_sessions(*, user: User, but: str | None = None) -> int:
    """All of the user's, but the one with this key. Returns how many ended."""
    return Session.objects.filter(user=user).exclude(session_key=but or "").delete()[0]
