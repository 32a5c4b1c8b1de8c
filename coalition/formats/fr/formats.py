"""A narrow space between thousands that no line breaks at, as French typography has it (CLDR)."""

THOUSAND_SEPARATOR = "\u202f"
