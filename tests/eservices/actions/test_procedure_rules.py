"""What publishing takes over beside the questions: annexes, opening period, fee, signature, texts by state."""

from copy import deepcopy
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from eservices.actions import drafts, submissions
from eservices.contract import EService, registry
from eservices.enums import SignatureLevel
from eservices.errors import ProcedureClosed, ProcedureOpensLater, ProcedureOver
from eservices.models import Procedure, ProcedureIssue, Submission
from eservices.queries.procedures import annexes_to_send, open_procedures
from eservices.questions.structure import Structure
from tests.factories.eservices import make_user
from tests.factories.procedures import (
    LANGUAGES,
    SIMPLE_STRUCTURE,
    make_page,
    make_translation,
    publish,
    publish_everywhere,
    simple_procedure,
)
from tests.factories.submissions import COMPLETE, make_draft, make_procedure, viewer_of

pytestmark = pytest.mark.django_db


def annex(language, name="plan", **more):
    value = {"label": f"Plan ({language})", "help": "On paper too.", "key": name, **more}
    return {"type": "annex", "id": f"annex-{name}", "value": value}


def with_annexes(language="fr", **fields):
    """A page with one annex, published in all languages."""
    main = make_page(annexes=[annex(language, required=True, accept=["png", "pdf"])], **fields)
    for code in LANGUAGES[1:]:
        page = make_translation(main, code, live=False)
        publish(page, annexes=[annex(code, required=False)])
    return publish(main)


@pytest.mark.feature("A19")
def test_requested_annexes_are_frozen_with_their_words_in_all_languages():
    with_annexes()

    version = Procedure.objects.get().current
    assert version.structure["annexes"] == [
        {"id": "annex-plan", "key": "plan", "required": True, "accept": ["pdf", "png"]}
    ]
    found = annexes_to_send(Procedure.objects.get(), "nl")
    assert [(one.label, one.required, one.accept) for one in found] == [
        ("Plan (nl)", True, ("pdf", "png"))
    ]


def test_a_new_annex_is_a_new_version_and_needs_its_words():
    page = publish_everywhere()

    publish(page, annexes=[annex("fr")])

    procedure = Procedure.objects.get()
    assert procedure.versions.count() == 2
    assert procedure.current.number == 1, "the other languages have no words for it yet"


def test_two_annexes_with_one_label_or_code_are_a_mistake():
    page = make_page(annexes=[annex("fr"), {**annex("fr"), "id": "annex-2"}])

    publish(page)

    assert {issue.kind for issue in ProcedureIssue.objects.all()} == {"code_twice"}


def test_forms_frozen_before_annexes_stay_readable_with_their_hash():
    old = Structure.from_json(SIMPLE_STRUCTURE)

    assert old.annexes == ()
    assert Structure.from_json({**deepcopy(SIMPLE_STRUCTURE), "annexes": []}).annexes == ()
    assert Procedure.objects.count() == 0
    publish_everywhere()
    assert Procedure.objects.get().current.sha256 == old.sha256


@pytest.mark.feature("X3")
def test_all_rules_of_the_page_are_taken_over():
    opens = timezone.now() - timedelta(days=1)
    publish_everywhere(
        opens_at=opens,
        closes_at=opens + timedelta(days=30),
        fee=Decimal("12.50"),
        payment_days=10,
        draft_days=20,
        state_texts=[
            {"type": "text", "id": "s-1", "value": {"state": "submitted", "text": " Wait. "}},
            {"type": "text", "id": "s-2", "value": {"state": "submitted", "text": "Twice."}},
        ],
    )

    procedure = Procedure.objects.get()
    assert (procedure.opens_at, procedure.closes_at) == (opens, opens + timedelta(days=30))
    assert (procedure.fee_cents, procedure.payment_days, procedure.draft_days) == (1250, 10, 20)
    assert procedure.texts["fr"]["states"] == {"submitted": "Wait."}


# Opening period


def soon(**delta):
    return timezone.now() + timedelta(**delta)


@pytest.mark.parametrize(
    ("period", "refusal"),
    [
        ({"opens_at": soon(days=2)}, ProcedureOpensLater),
        ({"closes_at": soon(days=-2)}, ProcedureOver),
        ({"opens_at": soon(days=-2), "closes_at": soon(days=2)}, None),
    ],
)
def test_a_file_starts_within_the_opening_period_only(period, refusal):
    procedure, user = simple_procedure(**period), make_user()

    assert procedure.is_open is (refusal is None)
    if refusal is None:
        assert drafts.start(procedure=procedure, viewer=viewer_of(user), locale="en")
        return
    with override("en"), pytest.raises(refusal) as caught:
        drafts.start(procedure=procedure, viewer=viewer_of(user), locale="en")
    assert str(timezone.localtime(soon(days=2)).year) in str(caught.value)
    assert isinstance(caught.value, ProcedureClosed)
    assert Submission.objects.count() == 0


@pytest.mark.feature("X3")
def test_a_draft_begun_in_time_is_sent_until_the_end_and_not_a_moment_later():
    end = soon(days=2)
    user = make_user()
    draft = make_draft(user, make_procedure(closes_at=end), answers=COMPLETE)
    send = {
        "submission": draft,
        "viewer": viewer_of(user),
        "revision": draft.revision,
        "locale": "en",
    }

    with pytest.raises(ProcedureOver):
        submissions.submit(**send, now=end)
    assert submissions.submit(**send, now=end - timedelta(seconds=1)).submitted_at


def test_the_list_shows_what_opens_later_and_leaves_out_what_is_over():
    simple_procedure(code="later", opens_at=soon(days=1))
    simple_procedure(code="over", closes_at=soon(days=-1))
    simple_procedure(code="now")

    cards = {card.code: card.is_open for card in open_procedures(viewer_of(make_user()), "fr")}

    assert cards == {"later": False, "now": True}


# Signature


class Signing(EService):
    """A service that signs."""

    slug = "test-signing"
    signature_levels = frozenset({SignatureLevel.SEALED})


def test_a_form_that_nobody_could_sign_is_not_taken_over():
    page = publish_everywhere()
    assert Procedure.objects.get().signature_level == "none"

    publish(page, signature_level=SignatureLevel.SEALED)

    assert [issue.kind for issue in ProcedureIssue.objects.filter(solved_at=None)] == [
        "signature_not_offered"
    ]
    assert Procedure.objects.get().signature_level == "none"
    with registry.temporarily(Signing()):
        publish(page)
        assert Procedure.objects.get().signature_level == "sealed"
        assert not ProcedureIssue.objects.filter(solved_at=None).exists()
        publish(page, signature_level=SignatureLevel.QUALIFIED)
    assert Procedure.objects.get().signature_level == "sealed"
