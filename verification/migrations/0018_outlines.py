from django.db import migrations

from common.likeness import listed_keys


def write_keys(apps, schema_editor):
    """Names are compared by their outline as well: those on the lists get these keys too."""
    for protected in apps.get_model("verification", "ProtectedName").objects.iterator():
        protected.keys = listed_keys(protected.name)
        protected.save(update_fields=["keys"])


class Migration(migrations.Migration):
    dependencies = [("verification", "0017_invited")]
    operations = [migrations.RunPython(write_keys, migrations.RunPython.noop)]
