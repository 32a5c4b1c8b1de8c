"""How the words of a signatory are kept for the roll's search (functions of migration 0010)."""

from django.db import models


class RollLine(models.Func):
    """`roll_line(capacity, name, organisation_name, affiliation)`: the words that are public,
    folded, each between spaces."""

    function = "roll_line"
    arity = 4
    output_field = models.TextField()
