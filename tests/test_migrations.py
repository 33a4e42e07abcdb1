"""Migrations must run where people have worked already, not in an empty database alone."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddField
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[1]


def is_ours(config):
    """Whether an app stands in this repository and not in the environment beside it."""
    path = Path(config.path).resolve()
    return path.is_relative_to(ROOT) and "site-packages" not in path.parts


def added_columns():
    """Each column that a migration of ours adds to a table that may hold rows."""
    ours = {config.label for config in apps.get_app_configs() if is_ours(config)}
    loader = MigrationLoader(None)
    for (label, name), migration in sorted(loader.disk_migrations.items()):
        made = {
            operation.name.lower()
            for operation in migration.operations
            if operation.__class__.__name__ == "CreateModel"
        }
        for operation in migration.operations:
            adds = label in ours and isinstance(operation, AddField)
            if adds and operation.model_name.lower() not in made:
                yield f"{label}.{name}: {operation.model_name}.{operation.name}", operation.field


@pytest.mark.django_db  # a default may ask the database
def test_a_new_column_has_a_value_for_the_rows_that_are_there():
    columns = [(name, field) for name, field in added_columns() if not field.many_to_many]

    assert len(columns) > 10
    empty = [
        name
        for name, field in columns
        if not field.null and BaseDatabaseSchemaEditor._effective_default(field) is None
    ]
    assert empty == []
