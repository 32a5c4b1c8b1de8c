"""How a log line is made, and what must not stand in it."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# Whoever holds one of these links may do what its owner may.
_PERSONAL = re.compile(
    r"(/(?:confirm|thanks|manage|invited|unsubscribe|organise/join|accounts/confirm-email|accounts/password/reset/key)/)[^/\s?\"'<>]+"
)

_FIELDS: list[Any] = [
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.format_exc_info,
]


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


def configure_structlog() -> None:
    """Lets structlog's lines go through `logging`, where the handler writes them."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            *_FIELDS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_settings(*, level: str, request_level: str) -> dict[str, Any]:
    """Django's LOGGING: one line of fields for each event, whoever logs it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    mask_personal_links,
                    structlog.processors.LogfmtRenderer(
                        key_order=["timestamp", "level", "logger", "event"]
                    ),
                ],
                "foreign_pre_chain": _FIELDS,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": request_level},
            "fontTools": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }
