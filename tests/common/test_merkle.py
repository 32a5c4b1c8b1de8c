from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.merkle import inclusion_path, leaf_hash, root_of_path, tree_root

# The reference leaves of Certificate Transparency, and the roots over the first n of them.
DATA = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes.fromhex(data)) for data in DATA]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert tree_root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert tree_root([]) == hashlib.sha256(b"").digest()


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_a_path_leads_to_the_root_and_no_other_does(case: tuple[int, int]) -> None:
    size, index = case
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    path, root = inclusion_path(leaves, index), tree_root(leaves)
    assert root_of_path(leaves[index], index, size, path) == root
    assert root_of_path(leaf_hash(b"forged"), index, size, path) != root
    assert root_of_path(leaves[index], index, size, [*path, leaves[0]]) is None
    assert root_of_path(leaves[index], size, size, path) is None
    if path:
        assert root_of_path(leaves[index], index, size, path[:-1]) is None
        altered = [*path[:-1], leaf_hash(path[-1])]
        assert root_of_path(leaves[index], index, size, altered) != root


def test_a_leaf_that_is_not_there_has_no_path() -> None:
    with pytest.raises(IndexError):
        inclusion_path(LEAVES, 8)
