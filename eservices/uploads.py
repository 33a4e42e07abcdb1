"""Files that people send: received within limits, named safely, taken only when their content is
what was asked for.

    checked = check(uploaded, accept=spec.accept)  # raises an UploadRefused, worded for people
    annex.name, annex.size, annex.sha256 = checked.name, checked.size, checked.sha256

Nothing is stored here: a file that is refused leaves nothing behind, temporary files are deleted
with the request.
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser

from eservices import formats, pictures
from eservices.errors import (
    UploadEmpty,
    UploadHeicRefused,
    UploadNameRefused,
    UploadTooLarge,
    UploadTypeRefused,
)
from eservices.file_kinds import KINDS, FileKind, kind_of

#: Longer names are refused: no file system and no page shows them well.
MAX_NAME: Final = 200
#: What a file question takes when its editor names nothing.
DEFAULT_ACCEPT: Final = ("pdf", "jpg", "png")
#: A request announced larger than this many times the limit is cut off instead of being read to its
#: end.
_HOPELESS: Final = 50
#: Stands for a name with a path upwards; no name that people can type is equal to it.
_BAD_NAME: Final = "\ufffd"

_SPELLINGS: Final = {extension: kind.id for kind in KINDS.values() for extension in kind.extensions}
#: Endings that are cut from a name, as often as they come: "invoice.pdf.exe" was once "invoice".
_ENDINGS: Final = frozenset(_SPELLINGS) | frozenset(
    {
        *("exe", "com", "bat", "cmd", "scr", "pif", "msi", "ps1", "vbs", "vbe", "js", "jse", "wsf"),
        *("hta", "lnk", "jar", "sh", "php", "py", "html", "htm", "xhtml", "svg", "xml", "zip"),
        *("docm", "xlsm"),
    }
)
_RESERVED: Final = str.maketrans(dict.fromkeys('<>:"|?*', "-"))


@dataclass(frozen=True, kw_only=True)
class CheckedUpload:
    """What may be stored about a file that was accepted. `size` is in bytes, `sha256` in
    hexadecimal.
    """

    name: str
    media_type: str
    size: int
    sha256: str
    extension: str


def check(
    uploaded: UploadedFile, *, accept: Sequence[str] = (), limit: int | None = None
) -> CheckedUpload:
    """Look through a file and return what may be stored about it; it is rewound afterwards.

    `accept` holds extensions such as "pdf" (none: pdf, jpg, png), `limit` bytes (none:
    settings.UPLOAD_MAX_BYTES). Raises UploadNameRefused, UploadEmpty, UploadTooLarge,
    UploadTypeRefused, UploadActive, UploadEncrypted, UploadDamaged or UploadTooManyPixels: each an
    UploadRefused whose text says what to do.
    """
    kinds = _accepted(accept)
    limit = min(limit or settings.UPLOAD_MAX_BYTES, settings.UPLOAD_MAX_BYTES)
    given = uploaded.name or ""
    if len(given) > MAX_NAME or _BAD_NAME in given:
        raise UploadNameRefused
    size = uploaded.received if isinstance(uploaded, OversizedFile) else uploaded.size or 0
    if size > limit:
        raise UploadTooLarge(size=formats.file_size(size), limit=formats.file_size(limit))
    if not size:
        raise UploadEmpty
    stream = _stream(uploaded)
    kind = kind_of(stream, extension=_extension(given))
    if kind is None or kind not in kinds:
        refusal = UploadHeicRefused if kind is KINDS["heic"] else UploadTypeRefused
        raise refusal(accepted=", ".join(accepted.word for accepted in kinds))
    name = clean_name(given, kind=kind)
    kind.inspect(stream)
    checked = CheckedUpload(
        name=name,
        media_type=kind.media_type,
        size=size,
        sha256=_sha256(uploaded),
        extension=kind.id,
    )
    uploaded.seek(0)
    return checked


def _stream(uploaded: UploadedFile) -> BinaryIO:
    """Return the plain file behind an upload, at its beginning: libraries want one that answers
    `seekable`.
    """
    uploaded.seek(0)
    return cast("BinaryIO", uploaded.file)


def _accepted(accept: Sequence[str]) -> list[FileKind]:
    """Return the kinds behind extensions, whatever their spelling; ValueError for one that no kind
    has.
    """
    names = [
        _SPELLINGS.get(entry.strip().lstrip(".").lower(), "") for entry in accept or DEFAULT_ACCEPT
    ]
    if "" in names:
        raise ValueError(f"No such kind of file: {list(accept)!r}. There are: {', '.join(KINDS)}.")
    return [KINDS[name] for name in dict.fromkeys(names)]


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def clean_name(given: str, *, kind: FileKind) -> str:
    """Return a name that is safe on every system and in every page, with the ending of what the
    file really is.

    Folders, control characters and characters that reverse the reading direction go; known endings
    are cut as often as they come. UploadNameRefused when nothing is left.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", given)[-1])
    name = "".join(
        char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    name = " ".join(name.translate(_RESERVED).split()).strip(". ")
    ending = _extension(name)
    while ending in _ENDINGS:
        name = name[: -len(ending) - 1].strip(". ")
        ending = _extension(name)
    if not name or name.lower() in _ENDINGS:
        raise UploadNameRefused
    return f"{name}.{kind.id}"


def to_store(
    uploaded: UploadedFile, *, accept: Sequence[str] = (), limit: int | None = None
) -> tuple[CheckedUpload, File[Any]]:
    """Return what may be stored about a file and its bytes as they are kept; raises as `check` does.

    Pictures are turned upright and lose what the camera wrote into them; all else is kept byte for byte.
    """
    checked = check(uploaded, accept=accept, limit=limit)
    picture = pictures.cleaned(_stream(uploaded), checked.media_type)
    uploaded.seek(0)
    if picture is None:
        return checked, uploaded
    content = picture.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    return replace(checked, size=len(content), sha256=digest), ContentFile(content)


def _sha256(uploaded: UploadedFile) -> str:
    digest = hashlib.sha256()
    uploaded.seek(0)
    for chunk in uploaded.chunks():
        digest.update(chunk)
    return digest.hexdigest()


class OversizedFile(SimpleUploadedFile):
    """Stands for a file that was larger than the limit: its bytes were dropped, `received` tells
    how many came.

    Its own size is 0, so that a form that does not know this class refuses it as empty instead of
    storing nothing.
    """

    def __init__(self, name: str, content_type: str, received: int) -> None:
        super().__init__(name, b"", content_type)
        self.received = received


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to temporary files and stops writing, not reading, at
    settings.UPLOAD_MAX_BYTES.

    Reading on costs some seconds and lets the page answer with a sentence: a connection that is cut
    shows people only the browser's error. A request that is announced as absurdly large is not read
    and gets the page of status 400.
    """

    received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> Any:
        """Refuse the absurd, then parse as Django does, with a stricter look at names."""
        if content_length > _HOPELESS * settings.UPLOAD_MAX_BYTES:
            raise RequestDataTooBig
        request: HttpRequest | None = self.request
        if request is None or isinstance(input_data, _Taken):
            return None
        body: Any = _Taken(input_data)
        parser = _Parser(META, body, request.upload_handlers, encoding)
        return parser.parse()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write what still fits, count all."""
        self.received += len(raw_data)
        if self.received <= settings.UPLOAD_MAX_BYTES:
            super().receive_data_chunk(raw_data, start)
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Return the file, or what stands for one that was too large."""
        if self.received <= settings.UPLOAD_MAX_BYTES:
            return super().file_complete(file_size)
        self.file.close()  # deletes it
        return OversizedFile(self.file_name or "", self.content_type or "", self.received)


class _Taken:
    """The body of a request that our parser reads: the handler does not parse it once more."""

    def __init__(self, stream: Any) -> None:
        self.read = stream.read


class _Parser(MultiPartParser):
    """Cuts folders out of names as Django does, except that a path upwards gets an answer."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        """Return the name as Django would, or one that `check` refuses."""
        if ".." in re.split(r"[/\\]", html.unescape(file_name))[:-1]:
            return _BAD_NAME
        name: str | None = super().sanitize_file_name(file_name)
        return name
