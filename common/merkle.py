"""The hash tree of RFC 6962, section 2.1, over leaves that are hashed already.

Hashes are SHA-256, 32 bytes each.
"""

import hashlib
from collections.abc import Sequence

_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf that stands for `data`."""
    return hashlib.sha256(_LEAF + data).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over the leaves' hashes, in order; of no leaf, the hash of nothing."""
    if not leaves:
        return hashlib.sha256().digest()
    return _levels(leaves)[-1][0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from leaf `index` (from 0) up to the root, lowest first.

    Raises IndexError.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path = []
    for level in _levels(leaves)[:-1]:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        index //= 2
    return path


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root of a tree of `size` leaves that a path leads to from its leaf `index`; None where
    the path is longer or shorter than such a path is (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    found, last = leaf, size - 1
    rest = list(path)
    while last:
        if index != last or index % 2:
            if not rest:
                return None
            beside = rest.pop(0)
            found = _node(beside, found) if index % 2 else _node(found, beside)
        index, last = index // 2, last // 2
    return None if rest else found


def _levels(leaves: Sequence[bytes]) -> list[Sequence[bytes]]:
    """The tree from its leaves up: what has no neighbour goes up as it is, which makes the left
    half of every tree the largest power of two, as the RFC has it."""
    levels = [leaves]
    while len(level := levels[-1]) > 1:
        pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        levels.append(pairs + list(level[len(pairs) * 2 :]))
    return levels


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
