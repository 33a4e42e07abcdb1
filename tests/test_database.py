"""The tests' own database: every test begins with the rows of the migrations, and only those."""

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.models import Locale, Page

User = get_user_model()


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_committed_rows_are_gone_in_the_next_test(turn):
    assert Page.objects.filter(depth=1).count() == 1
    assert User.objects.count() == 0

    User.objects.create(email="someone@example.org")

    assert User.objects.count() == 1


@pytest.mark.django_db
def test_rows_of_migrations_survive_committing_tests():
    assert Page.objects.filter(depth=1).count() == 1
    assert Locale.objects.count() >= 1


@pytest.mark.django_db
def test_uploads_land_in_the_folder_of_the_test(own_files):
    default_storage.save("note.txt", ContentFile(b"hello"))

    assert [p.name for p in own_files.rglob("*") if p.is_file()] == ["note.txt"]


def test_demo_has_its_people_and_four_languages(demo):
    assert User.objects.filter(email="citizen@example.org").exists()
    assert {locale.language_code for locale in Locale.objects.all()} == {"fr", "nl", "de", "en"}


@pytest.mark.parametrize("address", ["/fr/", "/nl/", "/de/", "/en/"])
def test_demo_serves_its_start_pages(demo, client, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert f'lang="{address.strip("/")}' in answer.content.decode()
