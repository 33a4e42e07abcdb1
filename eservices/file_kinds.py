"""Kinds of files that citizens may send: told by their content, looked through for what must not be
in them.

The name of a file is a claim and proves nothing. Each kind has a check of its own: a PDF is opened
and searched for scripts, a picture's header is read, an office document's parts are listed. What
has no kind here is not accepted anywhere: HTML, SVG, archives, programs, office documents with
macros.
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext_lazy as _

from eservices.errors import UploadActive, UploadRefused

#: Above this a picture would fill the memory of whoever opens it (a camera makes 12 to 50 million).
MAX_PIXELS: Final = 100_000_000
#: A document of parts that unpacks to more is an attack, not a letter.
MAX_UNPACKED_BYTES: Final = 200 * 1024 * 1024
MAX_PARTS: Final = 3000
#: A PDF with more objects would keep the check busy for longer than a page may take.
MAX_PDF_OBJECTS: Final = 200_000

_HEAD_BYTES: Final = 4096
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
_MARKUP: Final = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?xml|\?php)", re.IGNORECASE
)

#: What makes a PDF act when it is opened or clicked (ISO 32000-2, 12.6 and 12.7.8), as keys and as
#: action types.
_ACTIVE: Final = frozenset(
    {
        *("/JavaScript", "/JS", "/Launch", "/RichMedia", "/XFA", "/EmbeddedFiles", "/EF"),
        *("/SubmitForm", "/ImportData", "/GoToE", "/Movie", "/Sound", "/Rendition"),
    }
)


class UploadEncrypted(UploadRefused):
    """The document cannot be opened without a password."""

    code = "uploads.encrypted"
    message = _(
        "This document is protected by a password. Save it without a password and send that."
    )


class UploadDamaged(UploadRefused):
    """The content begins like a known kind of file but cannot be read to its end."""

    code = "uploads.damaged"
    message = _(
        "This file cannot be read: it may be damaged. Save or scan it again and send the new file."
    )


class UploadTooManyPixels(UploadRefused):
    """The picture is wider and higher than programs can show."""

    code = "uploads.too_many_pixels"
    message = _("This picture has too many pixels. Make it smaller and send it again.")


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """One kind of file: its id is its usual extension."""

    id: str
    media_type: str
    extensions: frozenset[str]
    inspect: Callable[[BinaryIO], None]

    @property
    def word(self) -> str:
        """What people call it."""
        return self.id.upper()


def kind_of(stream: BinaryIO, *, extension: str) -> FileKind | None:
    """Return the kind that the content has, or None; `extension` only tells tables from other plain
    texts.
    """
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    found = None
    if head.startswith(b"%PDF-"):
        found = "pdf"
    elif head.startswith(b"\xff\xd8\xff"):
        found = "jpg"
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        found = "png"
    elif head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        found = "heic"
    elif head.startswith(b"PK\x03\x04"):
        found = _kind_of_parts(stream)
    elif _is_text(head):
        found = "csv" if extension == "csv" else "txt"
    return KINDS.get(found or "")


def _is_text(head: bytes) -> bool:
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in head) or 127 in head:
        return False
    return not _MARKUP.search(head)


def _kind_of_parts(stream: BinaryIO) -> str | None:
    """Tell office documents, which are ZIP archives, by the parts that they must hold."""
    try:
        with zipfile.ZipFile(stream) as parts:
            names = set(parts.namelist())
            if "word/document.xml" in names:
                return "docx"
            if "xl/workbook.xml" in names:
                return "xlsx"
            if "mimetype" in names and parts.getinfo("mimetype").file_size < 100:
                media_type = parts.read("mimetype").strip()
                return "odt" if media_type == b"application/vnd.oasis.opendocument.text" else None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise UploadDamaged from error
    finally:
        stream.seek(0)
    return None


def _inspect_parts(stream: BinaryIO) -> None:
    """Refuse office documents with macros, embedded programs, encryption, or far more content than
    they seem to have.
    """
    try:
        with zipfile.ZipFile(stream) as parts:
            infos = parts.infolist()
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise UploadDamaged from error
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:
        raise UploadDamaged
    for info in infos:
        if info.flag_bits & 1:
            raise UploadEncrypted
        name = info.filename.lower()
        if (
            name.endswith(("vbaproject.bin", ".exe", ".js", ".vbs", ".dll"))
            or name.startswith(("basic/", "scripts/"))
            or "/embeddings/oleobject" in name
            or "/activex/" in name
        ):
            raise UploadActive


def _inspect_pdf(stream: BinaryIO) -> None:
    """Refuse a PDF that needs a password, holds scripts, launches something or carries other files.

    A PDF that opens without a password but forbids printing or copying is taken: agents only need
    to read it.
    """
    import pikepdf  # loads qpdf: only when a PDF arrives

    try:
        with pikepdf.open(stream) as document:
            if len(document.objects) > MAX_PDF_OBJECTS:
                raise UploadDamaged
            if any(_is_active(found) for found in document.objects):
                raise UploadActive
            if len(document.pages) == 0:
                raise UploadDamaged
    except pikepdf.PasswordError as error:
        raise UploadEncrypted from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError) as error:
        raise UploadDamaged from error


def _is_active(found: Any) -> bool:
    """Whether an object of a PDF, or one written inside it, makes something happen."""
    import pikepdf  # loads qpdf: only when a PDF arrives

    waiting = [found]
    while waiting:
        item = waiting.pop()
        values: list[Any] = []
        if isinstance(item, pikepdf.Array):
            values = list(item)
        elif isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            keys = set(item.keys())
            if keys & _ACTIVE:
                return True
            values = [item.get(key) for key in keys]
            uri = item.get("/URI")
            if isinstance(uri, pikepdf.String) and str(uri).strip().lower().startswith(
                "javascript:"
            ):
                return True
        for value in values:
            if isinstance(value, pikepdf.Name) and str(value) in _ACTIVE:
                return True
            if isinstance(value, (pikepdf.Array, pikepdf.Dictionary)) and not value.is_indirect:
                waiting.append(value)
    return False


def _inspect_jpeg(stream: BinaryIO) -> None:
    from PIL import JpegImagePlugin  # loads Pillow: only when a picture arrives

    _inspect_picture(JpegImagePlugin.JpegImageFile, stream)


def _inspect_png(stream: BinaryIO) -> None:
    from PIL import PngImagePlugin  # loads Pillow: only when a picture arrives

    _inspect_picture(PngImagePlugin.PngImageFile, stream)


def _inspect_picture(plugin: Callable[[BinaryIO], Any], stream: BinaryIO) -> None:
    """Read the header, decode nothing: `Image.open` is not used, as it tries every format and warns
    instead of refusing.
    """
    try:
        picture = plugin(stream)
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise UploadTooManyPixels
        picture.verify()
    except (OSError, SyntaxError, ValueError, IndexError, EOFError) as error:
        raise UploadDamaged from error


def _inspect_nothing(stream: BinaryIO) -> None:
    """Nothing in it can act."""


def _inspect_text(stream: BinaryIO) -> None:
    """Refuse a text that turns into something else after its beginning."""
    while chunk := stream.read(1 << 16):
        if b"\0" in chunk:
            raise UploadDamaged


_OFFICE = "application/vnd.openxmlformats-officedocument"

KINDS: Final[dict[str, FileKind]] = {
    name: FileKind(
        id=name, media_type=media_type, extensions=frozenset(extensions.split()), inspect=inspect
    )
    for name, media_type, extensions, inspect in (
        ("pdf", "application/pdf", "pdf", _inspect_pdf),
        ("jpg", "image/jpeg", "jpg jpeg jpe jfif", _inspect_jpeg),
        ("png", "image/png", "png", _inspect_png),
        ("heic", "image/heic", "heic heif", _inspect_nothing),
        ("docx", f"{_OFFICE}.wordprocessingml.document", "docx", _inspect_parts),
        ("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "xlsx", _inspect_parts),
        ("odt", "application/vnd.oasis.opendocument.text", "odt", _inspect_parts),
        ("txt", "text/plain", "txt text", _inspect_text),
        ("csv", "text/csv", "csv", _inspect_text),
    )
}
