"""Files that people send: what is taken, what is refused, and what the browser gets to read."""

import hashlib
import io
import struct
import zipfile
import zlib

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import path
from PIL import Image

from eservices import uploads
from eservices.errors import (
    UploadActive,
    UploadEmpty,
    UploadNameRefused,
    UploadRefused,
    UploadTooLarge,
    UploadTypeRefused,
)
from eservices.file_kinds import KINDS, UploadDamaged, UploadEncrypted, UploadTooManyPixels
from eservices.uploads import check


def pdf(change=None, **save) -> bytes:
    """A PDF of one page, changed by the caller."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if change:
            change(document)
        document.save(out, **save)
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, kind)
    return out.getvalue()


def parts(*names: str, **contents: bytes) -> bytes:
    """An archive with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


DOCX = parts("[Content_Types].xml", "word/document.xml")
ODT = parts("content.xml", mimetype=b"application/vnd.oasis.opendocument.text")
SAMPLES = {
    "pdf": pdf(),
    "jpg": picture("JPEG"),
    "png": picture("PNG"),
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40),
    "docx": DOCX,
    "xlsx": parts("xl/workbook.xml"),
    "odt": ODT,
    "txt": "Façade à rénover\r\n".encode(),
    "csv": "nom;âge\nAmélie;41\n".encode("cp1252"),
}


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_every_kind_is_taken_when_asked_for(kind):
    content = SAMPLES[kind]
    upload = sent(f"plan.{kind}", content)
    checked = check(upload, accept=[kind])
    assert checked == uploads.CheckedUpload(
        name=f"plan.{kind}",
        media_type=KINDS[kind].media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        extension=kind,
    )
    assert upload.read() == content, "the file must be rewound for whoever stores it"


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_no_kind_is_taken_when_another_is_asked_for(kind):
    other = "pdf" if kind != "pdf" else "png"
    with pytest.raises(UploadTypeRefused, match=other.upper()):
        check(sent(f"plan.{other}", SAMPLES[kind]), accept=[other])


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xef\xbb\xbf  <!DOCTYPE html><html>",
        b"name;x\n<script>alert(1)</script>",
        b"<?xml version='1.0'?><svg/>",
        b"MZ\x90\0" + bytes(60),
        b"PK\x03\x04" + parts("evil.exe")[4:],
        b"\x7fELF" + bytes(60),
        b" %PDF-1.7 not at the beginning \x01",
    ],
)
def test_what_has_no_kind_is_refused_everywhere(content):
    with pytest.raises(UploadTypeRefused):
        check(sent("letter.pdf", content), accept=list(KINDS))


def named(name: str) -> SimpleUploadedFile:
    upload = sent("x.pdf", SAMPLES["pdf"])
    upload._name = name  # past the cleaning that Django's own classes do
    return upload


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Plan façade.PDF", "Plan façade.pdf"),
        ("photo.jpg", "photo.pdf"),
        ("invoice.pdf.exe", "invoice.pdf"),
        ("invoice.exe.pdf.exe", "invoice.pdf"),
        ("C:\\Users\\amelie\\plan.v2.pdf", "plan.v2.pdf"),
        ("/etc/passwd", "passwd.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("facture\u202efdp.exe", "facturefdp.pdf"),
        ("cafe\u0301.pdf", "café.pdf"),
        ("  ..plan .pdf", "plan.pdf"),
        ('wer "ist" <da>?.pdf', "wer -ist- -da--.pdf"),
        ("без имени.pdf", "без имени.pdf"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert check(named(given), accept=["pdf"]).name == kept


@pytest.mark.parametrize(
    "given", ["", "...", ".pdf", "\u202e.pdf", "x" * 197 + ".pdf", uploads._BAD_NAME]
)
def test_names_that_cannot_be_used(given):
    with pytest.raises(UploadNameRefused):
        check(named(given), accept=["pdf"])


def test_empty_and_large_files():
    with pytest.raises(UploadEmpty):
        check(sent("x.pdf", b""), accept=["pdf"])
    with pytest.raises(UploadTooLarge) as refusal:
        check(sent("x.pdf", SAMPLES["pdf"]), accept=["pdf"], limit=100)
    assert "100" in str(refusal.value)
    with pytest.raises(ValueError, match="No such kind"):
        check(sent("x.pdf", SAMPLES["pdf"]), accept=["exe"])


def action(**entries):
    return pikepdf.Dictionary({f"/{name}": value for name, value in entries.items()})


ACTIVE = {
    "script on opening": lambda d: d.Root.__setitem__(
        "/OpenAction", action(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)")
    ),
    "script as its own object": lambda d: d.Root.__setitem__(
        "/OpenAction", d.make_indirect(action(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))
    ),
    "launch": lambda d: d.pages[0].obj.__setitem__(
        "/AA", action(O=action(S=pikepdf.Name.Launch, F="cmd.exe"))
    ),
    "hidden in an array": lambda d: d.pages[0].obj.__setitem__(
        "/Annots",
        pikepdf.Array([action(Subtype=pikepdf.Name.Link, A=action(S=pikepdf.Name.Launch))]),
    ),
    "address that is a script": lambda d: d.Root.__setitem__(
        "/OpenAction", action(S=pikepdf.Name.URI, URI="JavaScript:alert(1)")
    ),
    "form that sends itself": lambda d: d.Root.__setitem__(
        "/OpenAction", action(S=pikepdf.Name.SubmitForm)
    ),
    "attached file": lambda d: d.attachments.__setitem__("run.exe", b"MZ"),
}


@pytest.mark.parametrize("name", sorted(ACTIVE))
@pytest.mark.parametrize("packed", [False, True])
def test_pdf_that_acts_is_refused(name, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    with pytest.raises(UploadActive):
        check(sent("x.pdf", pdf(ACTIVE[name], object_stream_mode=mode)), accept=["pdf"])


def test_pdf_that_only_scrolls_on_opening_is_taken():
    def first_page(document):
        document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])

    assert check(sent("x.pdf", pdf(first_page)), accept=["pdf"]).extension == "pdf"


def test_pdf_with_password():
    closed = pdf(encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(UploadEncrypted):
        check(sent("x.pdf", closed), accept=["pdf"])
    only_no_printing = pdf(encryption=pikepdf.Encryption(owner="a", user=""))
    assert check(sent("x.pdf", only_no_printing), accept=["pdf"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.pdf", b"%PDF-1.7\nnothing more"),
        ("x.png", picture("PNG")[:40]),
        ("x.jpg", b"\xff\xd8\xff\xe0" + bytes(30)),
        ("x.docx", DOCX[: len(DOCX) // 2]),
        ("x.txt", b"a" * 5000 + b"\0"),
    ],
)
def test_damaged_files(name, content):
    with pytest.raises(UploadDamaged):
        check(sent(name, content), accept=["pdf", "png", "jpg", "docx", "txt"])


def test_pixel_bomb():
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(UploadTooManyPixels):
        check(sent("x.png", bomb), accept=["png"])


def test_office_documents_with_macros_passwords_or_bombs(monkeypatch):
    with pytest.raises(UploadActive):
        check(sent("x.docx", parts("word/document.xml", "word/vbaProject.bin")), accept=["docx"])
    locked = bytearray(DOCX)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    with pytest.raises(UploadEncrypted):
        check(sent("x.docx", bytes(locked)), accept=["docx"])
    monkeypatch.setattr("eservices.file_kinds.MAX_UNPACKED_BYTES", 5)
    with pytest.raises(UploadDamaged):
        check(sent("x.docx", DOCX), accept=["docx"])


# Through HTTP


def receive(request: HttpRequest) -> JsonResponse:
    """Say what became of the file."""
    try:
        checked = check(request.FILES["file"], accept=["pdf"])
    except UploadRefused as refusal:
        return JsonResponse({"code": refusal.code, "text": str(refusal)}, status=refusal.status)
    return JsonResponse({"name": checked.name, "note": request.POST["note"]})


def not_understood(request: HttpRequest, exception: Exception) -> JsonResponse:
    return JsonResponse({}, status=400)


urlpatterns = [path("receive", receive)]
handler400 = not_understood


@pytest.fixture
def post(settings, tmp_path):
    settings.ROOT_URLCONF = __name__
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.UPLOAD_MAX_BYTES = 100_000

    def send(name: str, content: bytes, **headers):
        body = (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n'
            b"Content-Type: application/pdf\r\n\r\n%s\r\n"
            b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nkept\r\n--b--\r\n'
        ) % (name.encode(), content)
        answer = Client().generic(
            "POST", "/receive", body, "multipart/form-data; boundary=b", **headers
        )
        assert not list(tmp_path.iterdir()), "temporary files must be gone"
        return answer

    return send


def test_through_http_a_good_file_arrives(post):
    assert post("plan.pdf", SAMPLES["pdf"]).json() == {"name": "plan.pdf", "note": "kept"}


def test_through_http_a_large_file_gets_an_answer_and_the_other_fields_arrive(post):
    answer = post("plan.pdf", SAMPLES["pdf"] + bytes(3_000_000))
    assert (answer.status_code, answer.json()["code"]) == (422, "uploads.too_large")
    assert "3" in answer.json()["text"]


@pytest.mark.parametrize(
    "name", ["../../etc/plan.pdf", "..\\plan.pdf", "a/../plan.pdf", "x" * 300 + ".pdf"]
)
def test_through_http_bad_names_get_an_answer(post, name):
    assert post(name, SAMPLES["pdf"]).json()["code"] == "uploads.name_refused"


def test_through_http_folders_of_old_browsers_are_cut(post):
    assert post("C:\\\\amelie\\\\plan.pdf", SAMPLES["pdf"]).json()["name"] == "plan.pdf"


def test_through_http_an_absurd_size_is_not_read(post):
    answer = post("plan.pdf", SAMPLES["pdf"], CONTENT_LENGTH=str(100_000 * 51))
    assert answer.status_code == 400


def test_a_form_that_knows_nothing_of_limits_stores_nothing():
    from django import forms

    form = forms.Form(files={"file": uploads.OversizedFile("x.pdf", "application/pdf", 10**9)})
    form.fields["file"] = forms.FileField()
    form.is_bound = True
    assert not form.is_valid()
