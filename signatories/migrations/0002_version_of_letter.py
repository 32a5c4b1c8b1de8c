from django.db import migrations

# One key over both columns: a signature's version is a version of its letter. It is also one look at
# another table for each insert on the hot path, where two keys would be two.
ADD = """
ALTER TABLE signatories_signature ADD CONSTRAINT signature_version_of_letter
    FOREIGN KEY (version_id, letter_id) REFERENCES letters_version (id, letter_id)
    DEFERRABLE INITIALLY DEFERRED
"""
DROP = "ALTER TABLE signatories_signature DROP CONSTRAINT signature_version_of_letter"


class Migration(migrations.Migration):
    dependencies = [("signatories", "0001_initial"), ("letters", "0001_initial")]
    operations = [migrations.RunSQL(ADD, DROP)]
