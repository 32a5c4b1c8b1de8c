"""The roll of a letter with a million signatures; fails where a kind of page takes too long.

python -m coalition.embedded exec -- python -m benchmarks.roll
"""

import statistics
import sys
import time
from collections.abc import Callable

from benchmarks.stage import HOST, connect, say, set_stage
from benchmarks.table import print_table

LETTER = "statement-on-training"
SIGNATURES = 1_000_000
TRIES = 40
MOST_MS = 200.0

# Names and affiliations of the demo's signatories, shuffled, in all of its scripts.
_LOAD = """
CREATE TEMP TABLE given AS
    SELECT row_number() OVER () AS n, name, key FROM unnest(%s, %s) AS t(name, key);
CREATE TEMP TABLE family AS
    SELECT row_number() OVER () AS n, name, key FROM unnest(%s, %s) AS t(name, key);
CREATE TEMP TABLE belongs AS
    SELECT row_number() OVER () AS n, affiliation, country FROM signatories_signature
    WHERE letter_id = %s AND capacity = 'personal';
ANALYZE given; ANALYZE family; ANALYZE belongs;
INSERT INTO signatories_signature (
    letter_id, version_id, language, capacity, source, name, sort_key, role_title, affiliation,
    organisation_name, country, city, comment, show_name, consent_web, consent_press,
    consent_government, consent_updates, email_encrypted, email_digest, details_digest,
    status, rejection_reason, withdrawn_from, signals, confirmed_at, confirmation_sent_at
)
SELECT %s, %s, 'en', 'personal', 'web', given.name || ' ' || family.name,
    family.key || given.key, '', belongs.affiliation, '', belongs.country, '', '',
    true, true, false, false, false, '',
    sha256(int8send(i)), sha256(int8send(i)), 'counted', '', '', '{}',
    now() - random() * interval '90 days', now()
FROM generate_series(1::bigint, %s) AS i
JOIN given ON given.n = 1 + (i * 7919) %% (SELECT count(*) FROM given)
JOIN family ON family.n = 1 + (i * 104729) %% (SELECT count(*) FROM family)
JOIN belongs ON belongs.n = 1 + (i * 15485863) %% (SELECT count(*) FROM belongs);
"""


def main() -> int:
    """Returns 0 where every page is quick enough, else 1."""
    set_stage("coalition_roll")
    from letters.models import Letter

    letter = Letter.objects.get(slug=LETTER)
    begun = time.monotonic()
    load(letter.pk, letter.current_version_id)
    say(f"{SIGNATURES:,} signatures in {time.monotonic() - begun:.0f} s.")
    rows = [(name, measure(page)) for name, page in pages(letter).items()]
    print_table(
        ("page", "p95 ms", ""),
        [(name, f"{ms:,.0f}", "" if ms <= MOST_MS else "MISSED") for name, ms in rows],
    )
    return 0 if all(ms <= MOST_MS for _, ms in rows) else 1


def load(letter_id: int, version_id: int | None) -> None:
    """Writes the signatures in one statement."""
    from common.names import sort_key
    from signatories.models import Signature

    names = Signature.objects.of_letter(letter_id).people().values_list("name", flat=True)
    given = sorted({name.partition(" ")[0] for name in names})
    family = sorted({name.rpartition(" ")[2] for name in names})
    keys = [[sort_key(name) for name in part] for part in (given, family)]
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute(
            _LOAD,
            (given, keys[0], family, keys[1], letter_id, letter_id, version_id, SIGNATURES),
        )
        cursor.execute("VACUUM ANALYZE signatories_signature")
    connection.close()


def pages(letter: object) -> dict[str, Callable[[int], None]]:
    """Each kind of page as a reader gets it, rendered; the number varies what is asked."""
    from django.test import Client

    from signatories.models import Signature
    from signatories.roll import RollQuery, _cursor

    client = Client(SERVER_NAME=HOST)
    url = f"/letters/{LETTER}/roll/"
    listed = Signature.objects.listed().people()
    some = list(listed.order_by("email_digest")[:TRIES])
    by_name = [_cursor(signature, RollQuery().newest_first) for signature in some]
    by_time = [_cursor(signature, newest_first=True) for signature in some]

    def page(**query: str) -> None:
        response = client.get(url, query)
        if response.status_code not in (200, 422):  # 422: too many match, which must be quick too
            raise RuntimeError(f"{query}: {response.status_code}")

    # Listed under “utm_…” the first page would come out of memory: an empty search renders it.
    return {
        "first page": lambda n: page(q=""),
        "deep page": lambda n: page(after=by_name[n]),
        "page before a deep one": lambda n: page(after=f"-{by_name[n]}"),
        "newest first": lambda n: page(sort="time"),
        "newest first, deep": lambda n: page(sort="time", after=by_time[n]),
        "whole name": lambda n: page(q=some[n].name),
        "family name": lambda n: page(q=some[n].name.split()[-1]),
        "beginning of a name (2 letters)": lambda n: page(q=some[n].name[:2]),
        "affiliation": lambda n: page(q=some[n].affiliation or some[n].name),
        "given name, newest first": lambda n: page(q=some[n].name.split()[0], sort="time"),
        "country": lambda n: page(country=str(some[n].country)),
        "country, newest first": lambda n: page(country=str(some[n].country), sort="time"),
        "country and beginning": lambda n: page(q=some[n].name[:2], country=str(some[n].country)),
        "nobody": lambda n: page(q=f"zzxqj{n}"),
    }


def measure(page: Callable[[int], None]) -> float:
    """The 95th percentile, in milliseconds, of pages after a first one that fills the caches."""
    page(0)
    taken = []
    for n in range(TRIES):
        begun = time.perf_counter()
        page(n)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
