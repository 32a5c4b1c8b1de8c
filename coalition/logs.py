"""What must not stand in a log."""

import re
from collections.abc import MutableMapping
from typing import Any

# Whoever holds one of these links may do what its owner may.
_PERSONAL = re.compile(
    r"(/(?:confirm|thanks|manage|accounts/confirm-email|accounts/password/reset/key)/)[^/\s?\"'<>]+"
)


def mask_personal_links(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor: the tokens of personal links, wherever they stand in a line."""
    for name, value in event.items():
        if name.startswith("_") or isinstance(value, (int, float, bool, type(None))):
            continue
        text = str(value)
        masked = _PERSONAL.sub(r"\1…", text)
        if masked != text:
            event[name] = masked
    return event
