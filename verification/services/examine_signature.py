"""The signals that need the database: on confirming and when the name changes, not on the POST."""

from collections.abc import Callable, Mapping

from common.likeness import is_near_name, is_same_name, likeness
from signatories.models import Signature
from verification.models import Block, ProtectedName
from verification.signals import SIGNALS

MOST_ALIKE = 200


def examine_signature(signature: Signature) -> None:
    """Sets the signature's likeness, and anew those of its signals that the database decides on.

    Saves nothing; the caller holds the row's lock. What the sign form found stays.
    """
    signature.likeness = likeness(signature.display_name)
    found = {code for check in CHECKS.values() for code in check(signature)}
    asked = {code for codes in CHECKS for code in codes}
    kept = {code for code in signature.signals if code not in asked}
    signature.signals = [code for code in SIGNALS if code in kept | found]


def _namesakes(signature: Signature) -> set[str]:
    """Whether another confirmed signatory of the letter has the same name, or nearly."""
    others = [
        other.display_name
        for other in Signature.objects.alike(signature.letter_id, bytes(signature.likeness or b""))
        .filter(capacity=signature.capacity)
        .exclude(pk=signature.pk)
        .only("name", "organisation_name", "capacity")[:MOST_ALIKE]
    ]
    name = signature.display_name
    if any(is_same_name(name, other) for other in others):
        return {"same_name"}
    return {"near_name"} if any(is_near_name(name, other) for other in others) else set()


def _protected(signature: Signature) -> set[str]:
    return {"protected"} if ProtectedName.objects.alike(signature).exists() else set()


def _blocked(signature: Signature) -> set[str]:
    return {"blocked"} if Block.objects.of_signature(signature).exists() else set()


# The signals that each of these checks decides on: one query each.
CHECKS: Mapping[tuple[str, ...], Callable[[Signature], set[str]]] = {
    ("protected",): _protected,
    ("blocked",): _blocked,
    ("same_name", "near_name"): _namesakes,
}
