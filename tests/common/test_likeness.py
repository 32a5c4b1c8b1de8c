from __future__ import annotations

import pytest

from common.likeness import is_near_name, is_same_name, likeness, listed_keys, typed_keys


def alike(listed: str, typed: str, **options: bool) -> bool:
    return not typed_keys(typed, **options).isdisjoint(listed_keys(listed))


@pytest.mark.parametrize(
    ("listed", "typed"),
    [
        ("Imre Zoltavari", "imre ZOLTAVARI"),
        ("Ímre Zoltávári", "Imre Zoltavari"),
        ("Imre Zoltavari", "Ímre Zoltáváři"),
        ("Łucja Żółkiewka", "Lucja Zolkiewka"),
        ("Imre Zoltavari", "Zoltavari Imre"),
        ("Zoltavari, Imre", "Imre Zoltavari"),
        ("Imre Zoltavari", "Dr Imre B. Zoltavari"),
        ("Imre Zoltavari", "I. Zoltavari"),
        ("Imre Zoltavari", "Zoltavari I."),
        ("Imre Bela Zoltavari", "I. B. Zoltavari"),
        ("I. B. Zoltavari", "Imre Bela Zoltavari"),
        ("Imre Zoltavari", "Іmrе Zоltаvаri"),  # Cyrillic І е о а
        ("Imre Zoltavari", "Imre Z0ltavari"),
        ("Tom Hantov", "Тоm Наntоv"),  # Cyrillic Н, which is no N
        ("Pyotr Tchaivarsky", "Пётр Чайварский"),
        ("Пётр Чайварский", "Pyotr Tchaivarsky"),
        ("Mohamed Salimar", "محمد سليمار"),
        ("송승원", "Song Seung-won"),
        ("송승원", "송승원"),
        ("Zoltavaria", "Zoltavaria"),
        ("Imre Zoltavari", "lmre Zoltavari"),  # a small l
        ("Elina Zoltavari", "EIina ZoItavari"),  # a capital I
        ("Imre Zoltavari", "Irnre Zoltavari"),
        ("Imre Zoltavari", "Imre ZoItavari 李"),
        ("Imre Zoltavari", "Imre Zoltɑvari"),  # the phonetic ɑ
        ("Imre Zoltavari", "Imre Zolt4vari"),
        ("Bob Hope", "ВОВ НОРЕ 李"),  # Cyrillic but for the last
        ("Imre Zoltavari", "ImreZoltavari"),
        ("Imre Zoltavari", "Mr ImreZoltavari"),
        ("Imre Zoltavari", "ZoltavariImre"),
        ("Imre Zoltavari", "I m r e  Z o l t a v a r i"),
        ("Imre Zoltavari", "Im·re Zolta-vari"),
        ("Imre Zoltavari", "Prof. Dr. Dr. h. c. mult. Imre Andras Zoltavari"),
        ("Imre Zoltavari", "A B C D E F G H J K L M N O P Imre Zoltavari"),
    ],
)
def test_a_name_that_could_pass_for_a_listed_one_is_found(listed: str, typed: str) -> None:
    assert alike(listed, typed)


@pytest.mark.parametrize(
    ("listed", "typed"),
    [
        ("Imre Zoltavari", "Anna Zoltavari"),
        ("Imre Zoltavari", "Irma Zoltavari"),
        ("Imre Zoltavari", "Imre"),
        ("Imre Zoltavari", "K. Zoltavari"),
        ("Tom Hantov", "Tim Hantov"),
        ("Imre Bela Zoltavari", "Imre Zoltavari"),
        ("Zoltavaria", "Bruno Zoltavaria"),
        ("李伟", "李薇"),
        ("Imre Zoltavari", "Ада Петрова"),
        ("Jo Li", "Joli"),
        ("Zoltavaria", "Zoltavaria Berg 李"),
    ],
)
def test_another_name_is_not_found(listed: str, typed: str) -> None:
    assert not alike(listed, typed)


def test_an_organisation_is_found_by_one_word_of_its_name() -> None:
    assert alike("Zoltavaria", "Zoltavaria Films Ltd", single_words=True)
    assert not alike("Zoltavaria", "The Paper Guild", single_words=True)


@pytest.mark.parametrize(
    "name", ["x " * 60, "١٢٣", "...", "", "李", "ا" * 120, "a b c d e f g h i j k"]
)
def test_odd_names_give_few_keys(name: str) -> None:
    assert len(typed_keys(name)) < 1200
    listed_keys(name)


def test_a_name_of_the_most_words_gives_bounded_keys() -> None:
    assert len(typed_keys(" ".join(chr(0x4E00 + n) for n in range(60)))) < 8000


def test_same_near_and_other_names() -> None:
    assert is_same_name("Ada Lindqvist", "LINDQVIST Áda")
    assert is_near_name("Ada Lindqvist", "Ada Lindkvist")
    assert not is_near_name("Ada Lindqvist", "ada lindqvist")
    assert not is_near_name("Ann Lee", "Ann Leo")
    assert not is_near_name("Ada Lindqvist", "Bo Lindqvist")
    assert likeness("Ada Lindqvist") == likeness("Lindkvist Ada") != likeness("Bo Lindqvist")
