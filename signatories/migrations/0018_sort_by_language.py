from django.db import migrations

from common.names import is_sorted_its_own_way, sort_key

BATCH = 2000


def sort_rolls(apps, schema_editor):
    """Rolls had the root collation's keys; those of letters in Swedish, say, get Swedish ones."""
    Signature = apps.get_model("signatories", "Signature")
    texts = apps.get_model("letters", "Translation").objects.filter(is_authoritative=True)
    languages = dict(texts.values_list("version__letter", "language"))
    for letter, language in languages.items():
        if not is_sorted_its_own_way(language):
            continue
        rows = Signature.objects.filter(letter=letter, erased_at__isnull=True).order_by("id")
        last = 0
        while batch := list(
            rows.filter(id__gt=last).only("id", "name", "organisation_name", "capacity")[:BATCH]
        ):
            for row in batch:
                is_organisation = row.capacity == "organisation"
                row.sort_key = sort_key(
                    row.organisation_name if is_organisation else row.name, language
                )
            Signature.objects.bulk_update(batch, ["sort_key"])
            last = batch[-1].id


class Migration(migrations.Migration):
    dependencies = [
        ("signatories", "0017_needle"),
        ("letters", "0001_initial"),
    ]

    operations = [migrations.RunPython(sort_rolls, migrations.RunPython.noop)]
