"""docs/privacy.md as data: why each personal field is kept and by which rule."""

import re
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db.models import Model

from coalition.retention import RULES

_ROW = re.compile(r"\| `(\w+)` \| (.*?) \|(?: `(\w+)` \|)?")
_NAME = re.compile(r"`(\w+)`")


@dataclass(slots=True)
class Policy:
    """What the file says of one table: (reason, rule) of personal fields, names of the others."""

    personal: dict[str, tuple[str, str]] = field(default_factory=dict)
    not_personal: set[str] = field(default_factory=set)


def read_policies(text: str) -> dict[str, Policy]:
    """The policies by model label, such as `signatories.signature`; "Rules" is the rules' table."""
    policies: dict[str, Policy] = {}
    for section in text.split("\n## ")[1:]:
        label, _, body = section.partition("\n")
        policy = policies.setdefault(label.strip(), Policy())
        for name, reason, rule in _ROW.findall(body):
            policy.personal[name] = (reason.strip(), rule)
        _, _, rest = body.partition("Not personal:")
        policy.not_personal = set(_NAME.findall(rest))
    return policies


def written_policies() -> dict[str, Policy]:
    return read_policies((settings.BASE_DIR / "docs" / "privacy.md").read_text())


def fields_of(model: type[Model]) -> set[str]:
    """The columns that could be about somebody: all but a number that only names the row."""
    return {f.name for f in model._meta.local_fields if f.is_relation or not f.primary_key}


def gaps(policies: dict[str, Policy], models: list[type[Model]]) -> list[str]:
    """What is missing from the file, wrong in it, or no longer true; one sentence each."""
    found = []
    for model in models:
        label = model._meta.label_lower
        policy = policies.get(label, Policy())
        named = set(policy.personal) | policy.not_personal
        columns = fields_of(model)
        found += [f"{label}.{name} has no entry." for name in sorted(columns - named)]
        found += [f"{label}.{name} does not exist." for name in sorted(named - columns)]
        found += [
            f"{label}.{name} has no reason or no known rule."
            for name, (reason, rule) in policy.personal.items()
            if not reason or rule not in RULES
        ]
    known = {model._meta.label_lower for model in models} | {"Rules"}
    return found + [f"{label} does not exist." for label in sorted(set(policies) - known)]


@register(Tags.security, deploy=True)
def personal_fields_have_a_reason(**kwargs: object) -> list[CheckMessage]:
    return [
        Error(
            gap,
            hint="Write in docs/privacy.md why the field is kept and by which rule, or name it "
            "under “Not personal”.",
            id="coalition.E009",
        )
        for gap in gaps(written_policies(), list(apps.get_models(include_auto_created=True)))
    ]
