"""Large letters: a million signatures for the roll and the moderators' list, 100,000 to deliver."""

import time
import unicodedata
from typing import Any

from benchmarks.stage import connect, say

COUNTED = 1_000_000
OTHERS = 100_000

# Names and affiliations of the demo's signatories; names are mixed within a script. Where a number
# is made of another, the factor is a prime: neighbours have nothing in common.
_PARTS = """
CREATE TEMP TABLE family AS
    SELECT row_number() OVER (PARTITION BY script) AS n, name, key, script,
        string_to_array(roll_fold(name), ' ') AS words
    FROM unnest(%s, %s, %s) AS t(name, key, script);
CREATE TEMP TABLE given AS
    SELECT row_number() OVER () AS n, name, key, script, families,
        string_to_array(roll_fold(name), ' ') AS words
    FROM unnest(%s, %s, %s) AS t(name, key, script)
    JOIN (SELECT script, count(*) AS families FROM family GROUP BY script) AS s USING (script);
CREATE TEMP TABLE belongs AS
    SELECT row_number() OVER () AS n, affiliation, country, signals,
        string_to_array(roll_fold(affiliation), ' ') AS words
    FROM signatories_signature WHERE letter_id = %s AND capacity = 'personal';
CREATE INDEX ON given (n); CREATE INDEX ON family (script, n); CREATE INDEX ON belongs (n);
ANALYZE given; ANALYZE family; ANALYZE belongs;
"""
_LOAD = """
INSERT INTO signatories_signature (
    letter_id, version_id, language, capacity, source, name, sort_key, role_title, affiliation,
    organisation_name, country, city, comment, show_name, consent_web, consent_press,
    consent_government, consent_updates, email_encrypted, email_digest, details_digest,
    network_digest, status, rejection_reason, withdrawn_from, signals, created_at, confirmed_at,
    decided_at, withdrawn_at, confirmation_sent_at, found_by
)
SELECT %(letter)s, %(version)s, 'en', 'personal', 'web', given.name || ' ' || family.name,
    given.key || family.key, '', belongs.affiliation, '', belongs.country, '', '',
    true, true, false, %(delivered)s, false, %(address)s, sha256(int8send(i)), sha256(int8send(i)),
    sha256(int8send(i %% 300007)), status,
    CASE status WHEN 'rejected' THEN 'fake' ELSE '' END,
    CASE status WHEN 'withdrawn' THEN 'counted' ELSE '' END,
    belongs.signals, at, CASE WHEN status <> 'unconfirmed' THEN at END,
    CASE WHEN status = 'rejected' THEN at END, CASE WHEN status = 'withdrawn' THEN at END, at,
    CASE WHEN status <> 'unconfirmed' THEN array_to_tsvector(ARRAY(
        SELECT DISTINCT %(letter)s || ':' || word
        FROM unnest(given.words || family.words || belongs.words) AS word WHERE word <> ''
    )) END
FROM generate_series(1::bigint + %(before)s, %(before)s + %(counted)s + %(others)s) AS i
CROSS JOIN LATERAL (SELECT
    CASE WHEN i <= %(before)s + %(counted)s THEN 'counted'
        ELSE ('{held,unconfirmed,rejected,withdrawn}'::text[])[1 + i %% 4] END AS status,
    now() - (i * 7907 %% 7776000) * interval '1 second' AS at
) AS fate
JOIN given ON given.n = 1 + (i * 7919) %% (SELECT count(*) FROM given)
JOIN family ON family.script = given.script AND family.n = 1 + (i * 104729) %% given.families
JOIN belongs ON belongs.n = 1 + (i * 15485863) %% (SELECT count(*) FROM belongs)
"""
# What a constraint stands on stays.
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = 'signatories_signature' AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def load_million(letter: Any) -> None:
    """`COUNTED` signatures that are listed, and `OTHERS` that are held, unconfirmed, rejected or
    withdrawn."""
    load_signatures(letter, counted=COUNTED, others=OTHERS)


def load_signatures(
    letter: Any, *, counted: int, others: int = 0, before: int = 0, delivered: bool = False
) -> None:
    """Writes signatures in one statement, after `before` that are there. Indexes are made anew
    when all rows are there. `delivered`: they agree to be named to an office."""
    from common.crypto import encrypt

    begun = time.monotonic()
    parts = _parts_of_names(letter.pk, letter.current_version.authoritative.language)
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'")
        cursor.execute(_PARTS, (*parts, letter.pk))
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("ALTER TABLE signatories_signature DISABLE TRIGGER USER")
        cursor.execute(
            _LOAD,
            {
                "letter": letter.pk,
                "version": letter.current_version_id,
                "before": before,
                "counted": counted,
                "others": others,
                "delivered": delivered,
                "address": encrypt("somebody@mail.example"),
            },
        )
        cursor.execute("ALTER TABLE signatories_signature ENABLE TRIGGER USER")
        say(f"{counted + others:,} rows in {time.monotonic() - begun:.0f} s")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE signatories_signature")
    connection.close()
    say(f"… with their indexes in {time.monotonic() - begun:.0f} s")


def _parts_of_names(letter_id: int, language: str) -> tuple[list[str] | list[bytes], ...]:
    """Family and given names, each with sort keys and scripts: nobody's name is in two."""
    from common.names import sort_key
    from signatories.models import Signature

    names = Signature.objects.of_letter(letter_id).people().values_list("name", flat=True)
    parts: tuple[list[str] | list[bytes], ...] = ()
    for kind in ({n.rpartition(" ")[2] for n in names}, {n.partition(" ")[0] for n in names}):
        words = sorted(kind)
        parts += (
            words,
            [sort_key(word, language) for word in words],
            [_script(word) for word in words],
        )
    return parts


def _script(word: str) -> str:
    return unicodedata.name(word[0], "").partition(" ")[0]
