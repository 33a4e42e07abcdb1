"""StreamFields that migrations know as JSON."""

import pytest
from django.core.management import call_command
from django.db import models

from cms_pages.blocks import AnswerBlock
from eservices.models.fields import BlocksField


def test_a_migration_sees_the_column_and_not_the_blocks():
    field = BlocksField(AnswerBlock(), blank=True)
    field.set_attributes_from_name("answer")

    name, path, args, kwargs = field.deconstruct()

    assert (name, path, args) == ("answer", "django.db.models.JSONField", [])
    assert kwargs == {"blank": True}
    assert isinstance(models.JSONField(**kwargs), models.JSONField)


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", "cms_pages", "faq", check=True, dry_run=True, verbosity=0)
