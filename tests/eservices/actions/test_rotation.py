"""Changing keys: everything opens and is found before, in the middle and after."""

import base64
import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from eservices import keyring
from eservices.actions import identifiers, rotation
from eservices.actions.authenticators import place_of
from eservices.actions.client_keys import ensure_keys, usable_key
from eservices.actions.identities import link
from eservices.contract import VerifiedIdentity
from eservices.enums import ClientKeyUse, FieldSource, Level, Method
from eservices.models import AuthenticatorApp, PersonIdentifier, Submission
from eservices.queries.client_keys import private_key
from eservices.queries.identifiers import number_of, person_with_number
from eservices.queries.identities import identity_of
from eservices.queries.submissions import content_of, seal_place
from tests.factories.eservices import make_user
from tests.factories.submissions import make_draft

NUMBER = "85073003328"
IDENTITY = VerifiedIdentity(
    provider="csam",
    issuer="https://idp.example",
    subject="subject-1",
    method=Method.EID,
    level=Level.HIGH,
    at=timezone.now(),
    source=FieldSource.CSAM,
    national_number=NUMBER,
)


def key(letter: str) -> str:
    return f"{letter}:{base64.b64encode(letter.encode() * 32).decode()}"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_encryption", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def _old_keys(settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("a")]
    settings.LOOKUP_HMAC_KEYS = [key("p")]


@pytest.fixture
def person(db, _old_keys):
    user = make_user()
    identifiers.record_number(user=user, number=NUMBER, source=FieldSource.EID)
    return user


@pytest.fixture
def draft(db, _old_keys):
    draft = make_draft()
    sealed = keyring.seal(json.dumps({"answers": {"q-1": NUMBER}}), place=seal_place(draft))
    Submission.objects.filter(pk=draft.pk).update(sealed_answers=sealed)
    return draft


def test_after_a_rotation_the_former_keys_can_go(person, draft, settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("b"), key("a")]
    settings.LOOKUP_HMAC_KEYS = [key("q"), key("p")]
    assert person_with_number(NUMBER) == person, "found before the rotation too"

    said = run()

    assert "eservices.PersonIdentifier.sealed_number: 1 rows, 1 renewed, 0 need" in said
    assert "No row needs a former key." in said
    settings.FIELD_ENCRYPTION_KEYS = [key("b")]
    settings.LOOKUP_HMAC_KEYS = [key("q")]
    assert (person_with_number(NUMBER), number_of(person)) == (person, NUMBER)
    assert content_of(Submission.objects.get(pk=draft.pk)).answers["q-1"] == NUMBER


def test_running_it_again_changes_nothing(person, settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("b"), key("a")]
    run()
    before = PersonIdentifier.objects.values().get()

    said = run()

    assert PersonIdentifier.objects.values().get() == before
    assert "1 rows, 0 renewed" in said


def test_a_look_up_key_alone_rotates_too(person, settings):
    before = PersonIdentifier.objects.get()
    settings.LOOKUP_HMAC_KEYS = [key("q"), key("p")]

    run()

    after = PersonIdentifier.objects.get()
    assert after.lookup != before.lookup
    assert bytes(after.sealed_number) == bytes(before.sealed_number)


def test_check_counts_and_changes_nothing(person, draft, settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("b"), key("a")]
    before = PersonIdentifier.objects.values().get()

    with pytest.raises(CommandError, match=r"^2 rows still need a former key"):
        run("--check")

    assert PersonIdentifier.objects.values().get() == before


@pytest.mark.usefixtures("db", "_old_keys")
def test_it_goes_on_where_it_was_stopped(settings, monkeypatch):
    for day in range(1, 6):
        nine = f"8507{day:02d}033"
        identifiers.record_number(
            user=make_user(), number=f"{nine}{97 - int(nine) % 97:02d}", source=FieldSource.EID
        )
    settings.FIELD_ENCRYPTION_KEYS = [key("b"), key("a")]
    monkeypatch.setattr(rotation, "BATCH", 2)
    batches = []
    whole = rotation._rotate_batch

    def stopped(*args, **kwargs):
        if batches:
            raise KeyboardInterrupt
        batches.append(whole(*args, **kwargs))

    monkeypatch.setattr(rotation, "_rotate_batch", stopped)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.setattr(rotation, "_rotate_batch", whole)
    newest = [keyring.is_newest(row.sealed_number) for row in PersonIdentifier.objects.all()]
    assert sorted(newest) == [False, False, False, True, True]

    said = run()

    assert "sealed_number: 5 rows, 3 renewed, 0 need" in said


def test_a_row_without_its_key_is_reported_and_stays(person, settings):
    before = PersonIdentifier.objects.values().get()
    settings.FIELD_ENCRYPTION_KEYS = [key("c")]

    with pytest.raises(CommandError, match="1 rows open with no key"):
        run()

    assert PersonIdentifier.objects.values().get() == before


def test_a_row_that_changed_meanwhile_is_left_alone(person, settings, monkeypatch):
    settings.FIELD_ENCRYPTION_KEYS = [key("b"), key("a")]
    sealed = keyring.seal(NUMBER, place="elsewhere")
    whole = rotation._renewed

    def slow(column, row, old):
        changes = whole(column, row, old)
        PersonIdentifier.objects.update(sealed_number=sealed)
        return changes

    monkeypatch.setattr(rotation, "_renewed", slow)

    with pytest.raises(CommandError, match="1 rows still need"):
        run()

    assert bytes(PersonIdentifier.objects.get().sealed_number) == sealed


def test_every_sealed_column_is_in_the_list():
    wanted = {
        (model, field.name)
        for model in apps.get_app_config("eservices").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField) and field.name.startswith("sealed")
    }
    assert {(column.model, column.name) for column in rotation.sealed_columns()} == wanted
    assert len(wanted) >= 6


@pytest.mark.usefixtures("_old_keys")
def test_our_keys_apps_and_identities_go_on_working(person, settings):
    ensure_keys()
    linked = link(user=person, identity=IDENTITY, notice=False)
    app = AuthenticatorApp(user=person, name="Phone", confirmed=True)
    app.sealed_secret = keyring.seal("JBSWY3DPEHPK3PXP", place=place_of(app))
    app.save()
    settings.FIELD_ENCRYPTION_KEYS = [key("b"), key("a")]
    settings.LOOKUP_HMAC_KEYS = [key("q"), key("p")]

    run()

    settings.FIELD_ENCRYPTION_KEYS = [key("b")]
    settings.LOOKUP_HMAC_KEYS = [key("q")]
    assert identity_of(IDENTITY) == linked
    app.refresh_from_db()
    assert keyring.unseal(bytes(app.sealed_secret), place=place_of(app)) == "JBSWY3DPEHPK3PXP"
    signing = usable_key(use=ClientKeyUse.SIGN)
    assert private_key(signing).as_dict(private=False)["n"] == signing.public_jwk["n"]
