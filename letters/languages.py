"""Which languages a letter can be written in: all that Django knows the name of."""

from collections.abc import Collection

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

LANGUAGES = sorted(code for code, info in LANG_INFO.items() if "name_local" in info)


def language_choices(*, without: Collection[str] = ()) -> list[tuple[str, str]]:
    """Code and name, such as “français (French)”, in the order of the codes."""
    return [(code, _named(code)) for code in LANGUAGES if code not in without]


def _named(code: str) -> str:
    info = get_language_info(code)
    local, translated = str(info["name_local"]), str(info["name_translated"])
    return (
        local
        if local == translated
        else _("%(local)s (%(name)s)")
        % {
            "local": local,
            "name": translated,
        }
    )
