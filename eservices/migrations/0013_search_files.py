"""The search in the list of files: names without accents, and on PostgreSQL indexes of parts of words."""

import unicodedata

from django.db import migrations

INDEXES = {"eservices_sub_name_parts": "search_name", "eservices_sub_reference_parts": "reference"}


def fold_names(apps, schema_editor):
    files = apps.get_model("eservices", "Submission").objects.exclude(search_name="")
    changed = []
    for row in files.only("pk", "search_name").iterator(chunk_size=1000):
        split = unicodedata.normalize("NFKD", row.search_name.casefold())
        folded = "".join(letter for letter in split if not unicodedata.combining(letter))
        if folded[:300] != row.search_name:
            row.search_name = folded[:300]
            changed.append(row)
        if len(changed) == 1000:
            files.bulk_update(changed, ["search_name"])
            changed = []
    files.bulk_update(changed, ["search_name"])


def index_parts(apps, schema_editor):
    """Where the extension cannot be had, the search works all the same, by reading the team's files."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'),"
            " EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm')"
            " AND has_database_privilege(current_database(), 'CREATE')"
        )
        installed, possible = cursor.fetchone()
    if not installed and not possible:
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name, column in INDEXES.items():
        schema_editor.execute(
            f"CREATE INDEX IF NOT EXISTS {name} ON eservices_submission USING gin ({column} gin_trgm_ops)"
        )


def drop_parts(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("eservices", "0012_annex_unscanned")]

    operations = [
        migrations.RunPython(fold_names, migrations.RunPython.noop),
        migrations.RunPython(index_parts, drop_parts),
    ]
