"""Each rule of an office, held against the measured dossier: passed, failed, or not checkable.

The office's rules are those frozen with the delivery; what it does not say is not guessed.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliveries.preflight.consent import still_named
from deliveries.preflight.findings import (
    Dossier,
    Finding,
    Findings,
    Outcome,
    facts_of,
    settled,
    unsaid,
)
from deliveries.preflight.limits import (
    address,
    deadline,
    formats,
    names_submitter,
    number_of_files,
    subject,
    weight,
)

# In pt, at 72 to the inch.
PAPERS = {"letter": (612.0, 792.0), "a4": (595.3, 841.9)}
MANY = 5
OURS = gettext_lazy("This is a fault of ours: please report it, with the delivery’s number.")


def judge(dossier: Dossier) -> list[Finding]:
    """All findings, what stands in the way first."""
    rules = RULES_OF_DELIVERIES if dossier.unread else RULES
    found = [finding for rule in rules for finding in rule(dossier)]
    return sorted(found, key=lambda finding: [*Outcome].index(finding.outcome))


def unread(dossier: Dossier) -> Findings:
    """Files that could not be read back; what stands in them is not judged until they can."""
    for file in dossier.unread:
        if file.is_given_up:
            state = _("Tried %(count)s times, and not tried any more.") % {"count": file.readings}
        else:
            state = _("It is tried again by itself in some minutes.")
        mend = _(
            "Whoever runs this installation finds the cause (a full disk, a file that was damaged, "
            "Poppler not installed) and has it read again. Where the file itself is damaged, "
            "freeze a new delivery: its files are made anew."
        )
        yield Finding(
            _("%s can be read back") % file.name,
            Outcome.FAILED,
            file.reading_error,
            f"{state} {mend}",
        )
    yield Finding(_("What stands in the files"), Outcome.UNKNOWN, _("Looked at once all are read."))


def pages(dossier: Dossier) -> Findings:
    most = dossier.rules["max_pages"]
    rule = _("Pages of the letter")
    if most is None:
        yield unsaid(dossier, rule, "max_pages")
        return
    count = facts_of(dossier.letter)["pages"]
    annexes = sum(facts_of(file)["pages"] for file in dossier.files) - count
    mend = _(
        "Shorten the text: its lists of names are as short, and its lines as close, as they go."
    )
    if dossier.rules.get("annexes_count"):
        if count <= most:
            mend = _(
                "The letter alone fits; its annexes count, too (pages: %(pages)s). Ask the "
                "office to take them as a link or by other means, or whether they need not count, "
                "and write its answer down as this letter’s own rule."
            ) % {"pages": annexes}
        count += annexes
    yield settled(
        rule,
        count > most,
        _("%(found)s of at most %(most)s") % {"found": count, "most": most},
        mend,
    )
    if annexes and dossier.rules.get("annexes_count") is None:
        yield Finding(
            _("Pages of the roll"),
            Outcome.UNKNOWN,
            ngettext(
                "%(count)s page as an annex; the office does not say whether annexes count.",
                "%(count)s pages as an annex; the office does not say whether annexes count.",
                annexes,
            )
            % {"count": annexes},
        )


def type_size(dossier: Dossier) -> Findings:
    least = dossier.rules["min_type_pt"]
    rule = _("Smallest type")
    if least is None:
        yield unsaid(dossier, rule, "min_type_pt")
        return
    smallest = min(facts_of(file)["smallest_pt"] for file in dossier.files)
    yield settled(
        rule,
        smallest < float(least),
        _("%(found)s pt of at least %(least)s pt") % {"found": f"{smallest:g}", "least": least},
        str(OURS),
    )


def paper(dossier: Dossier) -> Findings:
    size = dossier.rules["page_size"]
    wide, high = PAPERS[size]

    def wrong(facts: dict[str, Any]) -> bool:
        return any(abs(box[0] - wide) > 1 or abs(box[1] - high) > 1 for box in facts["page_sizes"])

    yield settled(
        _("Paper"),
        names := dossier.named(wrong),
        names or {"letter": _("US Letter"), "a4": "A4"}[size],
        str(OURS),
    )


def statement(dossier: Dossier) -> Findings:
    if dossier.delivery.required_statement:
        yield settled(
            _("The statement that the office requires stands in the letter"),
            not facts_of(dossier.letter)["says_statement"],
            "",
            str(OURS),
        )
    elif "required_statement" in dossier.waived:
        yield unsaid(dossier, _("Statement to include"), "required_statement")


def submitter(dossier: Dossier) -> Findings:
    yield settled(
        _("The letter names who submits it"),
        not facts_of(dossier.letter)["says_submitter"],
        dossier.delivery.letter.coalition.name,
        str(OURS),
    )


def open_to_all(dossier: Dossier) -> Findings:
    """Machine-readable: not locked, with real text."""
    yield settled(
        _("Not encrypted"),
        names := dossier.named(lambda facts: facts["encrypted"]),
        names,
        str(OURS),
    )
    yield settled(
        _("Real text, with its fonts embedded"),
        names := dossier.named(lambda facts: facts["fonts_outside"] or not facts["characters"]),
        names,
        str(OURS),
    )
    yield settled(
        _("Accessible: tagged, with title and language (PDF/UA-1)"),
        names := dossier.named(
            lambda facts: (
                not (facts["tagged"] and facts["ua"] == 1 and facts["title"] and facts["language"])
            )
        ),
        names,
        str(OURS),
    )


def every_name(dossier: Dossier) -> Findings:
    """The text of the files, read back, has everybody who is to be named, and every character."""
    count, names = _named_in(dossier, "absent")
    rule = _("Every name can be read back from the files, in order")
    yield settled(rule, count, names, str(OURS))
    yield from _reordered(dossier)
    yield settled(
        _("No character is missing from the fonts"),
        names := dossier.named(lambda facts: facts["unprintable"]),
        names,
        _(
            "Install a font that has it on the server (make run installs Noto), or have a "
            "moderator take the entry back; then freeze anew."
        ),
    )


def _reordered(dossier: Dossier) -> Findings:
    """Whom a search in the files may miss, although everybody can read the name."""
    count, names = _named_in(dossier, "reordered")
    if count:
        yield Finding(
            _("Names copy out letter for letter"),
            Outcome.WARNING,
            names,
            _(
                "These names can be read, but a program that copies text may order their letters "
                "differently."
            ),
        )


def _named_in(dossier: Dossier, fact: str) -> tuple[int, str]:
    """How many names of all files, and the first. What was measured before this was has none."""
    facts = [facts_of(file) for file in dossier.files]
    names = [name for each in facts for name in each.get(fact, ())]
    count = sum(each.get(f"{fact}_count", 0) for each in facts)
    more = f" (+{count - MANY})" if count > MANY else ""
    return count, ", ".join(names[:MANY]) + more


# What is known without looking into a file.
RULES_OF_DELIVERIES: Sequence[Callable[[Dossier], Findings]] = (
    *(unread, address, deadline, formats, weight, number_of_files, names_submitter, subject),
    still_named,
)
RULES = (
    *(address, deadline, pages, type_size, paper, formats, weight, number_of_files),
    *(names_submitter, statement, submitter, subject, open_to_all, every_name, still_named),
)
