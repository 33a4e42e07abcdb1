"""Forms on paper: what each mode prints, how the file is tagged, and that nothing is fetched."""

import io
import re

import pikepdf
import pypdf
import pytest
from django.utils import timezone

from eservices import pdf
from eservices.models import Procedure, ProcedureText, ProcedureVersion, Profile, Submission
from tests.eservices.questions.samples import ALL_TYPES, ANSWERS, WORDS

TITLES = {"fr": "Fête de rue", "nl": "Straatfeest", "de": "Straßenfest", "en": "Street party"}


@pytest.fixture(autouse=True)
def _letterhead(settings):
    settings.MUNICIPALITY_PROVIDER = f"{__name__}.valmont"


def valmont(language: str) -> dict[str, str]:
    return {"name": f"Valmont ({language})", "address": "Place du Perron 1, 4999 Valmont"}


def printed(mode: pdf.Mode, locale: str = "en", answers=None, **options) -> bytes:
    texts = {code: {"title": title} for code, title in TITLES.items()}
    procedure = Procedure(code="party", source_locale="fr", texts=texts)
    version = ProcedureVersion(
        procedure=procedure, number=3, structure=ALL_TYPES, sha256="ab12cd34ef56" + "0" * 52
    )
    text = ProcedureText(version=version, locale=locale, words=WORDS[locale].texts, edition=2)
    return pdf.render_form(
        version=version,
        text=text,
        answers=ANSWERS if answers is None else answers,
        mode=mode,
        locale=locale,
        **options,
    )


def sent() -> Submission:
    return Submission(
        reference="SUB-2026-7K3M9Q",
        profile=Profile(name="Amélie Renard"),
        submitted_at=timezone.now(),
    )


def words_in(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_final_shows_answers_reference_and_version():
    text = words_in(printed("final", submission=sent(), masked=False))
    for part in (
        "Street party",
        "Valmont (en)",
        "SUB-2026-7K3M9Q",
        "Amélie Renard",
        "Version 3.2",
        "ab12cd34ef56",
        "Tuesday 14 July 2026",
        "Option o-1",
        "Porte",
        "85.03.14-997.01",
        "BE68 5390 0754 7034",
    ):
        assert part in text, part
    assert "Draft" not in text


def test_others_copies_do_not_show_sensitive_answers():
    text = words_in(printed("final", submission=sent()))
    assert "997.01" not in text
    assert "5390 0754" not in text
    assert "Not shown in this copy." in text


def test_draft_is_marked_and_prints_asked_questions_only():
    answers = {"q-yes": False, "q-text": "Fête"}
    text = words_in(printed("draft", answers=answers))
    assert "It has not been sent" in text
    assert "Question q-choice Not" not in text, "q-choice is asked only after yes"
    assert "Question q-date Not answered yet" in text


@pytest.mark.feature("A12")
def test_empty_form_prints_all_questions_and_says_when_they_are_asked():
    text = words_in(printed("empty"))
    for name in ANSWERS:
        assert f"Question {name}" in text
    assert "Only if the answer to “Question q-yes” is “Yes”." in text
    assert "Fête de quartier" not in text
    assert "\u2610" not in text, "boxes are drawn, characters bring a font with them"


@pytest.mark.parametrize("locale", ["fr", "nl", "de", "en"])
@pytest.mark.parametrize("mode", ["empty", "draft", "final"])
def test_files_are_tagged_and_in_their_language(mode, locale):
    submission = sent() if mode == "final" else None
    with pikepdf.open(io.BytesIO(printed(mode, locale, submission=submission))) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang).startswith(locale)
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        assert str(document.docinfo["/Title"]) == TITLES[locale]
        metadata = document.open_metadata()
        assert metadata["pdfuaid:part"] == "1"
        tags = {
            str(item.get("/S")) for item in document.objects if isinstance(item, pikepdf.Dictionary)
        }
        assert {"/H1", "/H2"} <= tags
        if mode != "empty":
            assert {"/Table", "/TH", "/TD"} <= tags
        assert len(document.pages) > 0


def test_texts_of_people_are_text():
    text = words_in(printed("draft", answers={"q-text": "<b>bold</b> & {{ name }}"}))
    assert "<b>bold</b> & {{ name }}" in text


def test_nothing_is_fetched(settings, monkeypatch, tmp_path):
    def refuse(*args, **options):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for address in ("https://example.org/x.png", secret.as_uri(), "file:///etc/passwd"):
        made = pdf.to_pdf(f"<html lang=en><title>x</title><img src='{address}' alt=''>x</html>")
        with pikepdf.open(io.BytesIO(made)) as document:
            assert not list(document.pages[0].get_images())


@pytest.mark.feature("A12")
def test_fillable_form_has_named_fields_with_words_for_readers():
    made = printed("fill")

    fields = pypdf.PdfReader(io.BytesIO(made)).get_fields()
    assert fields["q-text"]["/FT"] == "/Tx"
    assert fields["q-yes"]["/FT"] == "/Btn"
    assert fields["q-text"]["/TU"] == "Question q-text"
    assert {"q-address/street", "q-table/0/k-1"} & set(fields)
    with pikepdf.open(io.BytesIO(made)) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert document.open_metadata()["pdfuaid:part"] == "1"
        widgets = [
            note
            for page in document.pages
            for note in page.get("/Annots", [])
            if note.get("/Subtype") == "/Widget"
        ]
        assert widgets
        assert all(note.get("/TU") for note in widgets), "every field says what it is for"
    assert "on your screen" in words_in(made)
