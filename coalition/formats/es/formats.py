"""A point between thousands (CLDR), as the browser writes it when the count on the page changes."""

THOUSAND_SEPARATOR = "."
