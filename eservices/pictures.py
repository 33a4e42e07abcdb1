"""Photos as they are stored: upright, and without what the camera wrote into them (place, time, owner).

Nothing is lost of a picture that stands upright already: its metadata is cut out between the parts of the file and its
pixels are not touched. One that lies on its side is turned and written again with the same quality. Colour profiles
stay.
"""

import io
import struct
from collections.abc import Callable
from typing import Any, BinaryIO, Final

from eservices.file_kinds import UploadDamaged

#: EXIF tag 0x0112: how the camera was held; 1 means upright.
_ORIENTATION: Final = 0x0112
_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"
#: Chunks of a PNG that hold words, dates or EXIF (PNG 3rd edition, 11.3); nothing is drawn from them.
_PNG_METADATA: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
#: Segments of a JPEG without a length (ITU-T T.81, B.1.1.3): restart marks and the temporary mark.
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})


def cleaned(stream: BinaryIO, media_type: str) -> io.BytesIO | None:
    """Return the picture without metadata and upright; None for what is no JPEG or PNG.

    `stream` holds a checked file (`uploads.check`). Raises UploadDamaged for one that cannot be read to its end.
    """
    cut = {"image/jpeg": _cut_jpeg, "image/png": _cut_png}.get(media_type)
    if cut is None:
        return None
    stream.seek(0)
    content = stream.read()
    if _lies(content, media_type):
        content = _turned(content, media_type)
    return io.BytesIO(_parts(cut, content))


def _parts(cut: Callable[[bytes], bytes], content: bytes) -> bytes:
    try:
        return cut(content)
    except (IndexError, struct.error) as error:
        raise UploadDamaged from error


def _opened(content: bytes, media_type: str) -> Any:
    from PIL import Image  # loads Pillow: only when a picture arrives

    return Image.open(
        io.BytesIO(content), formats=["JPEG" if media_type == "image/jpeg" else "PNG"]
    )


def _lies(content: bytes, media_type: str) -> bool:
    """Whether the picture says that it must be turned; unreadable EXIF says nothing."""
    try:
        with _opened(content, media_type) as picture:
            found = picture.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, struct.error):
        return False
    return found in range(2, 9)


def _turned(content: bytes, media_type: str) -> bytes:
    """Return the picture upright, with its quality and colour profile."""
    from PIL import ImageOps, JpegImagePlugin  # loads Pillow: only when a picture arrives

    out = io.BytesIO()
    try:
        with _opened(content, media_type) as picture:
            keep: dict[str, Any] = {"icc_profile": picture.info.get("icc_profile")}
            if media_type == "image/jpeg":
                sampling = JpegImagePlugin.get_sampling(picture)
                keep |= {"qtables": picture.quantization, "optimize": True}
                keep |= {"subsampling": sampling if sampling in (0, 1, 2) else 0}
            upright = ImageOps.exif_transpose(picture)
            upright.save(out, "JPEG" if media_type == "image/jpeg" else "PNG", exif=b"", **keep)
    except (OSError, SyntaxError, ValueError) as error:
        raise UploadDamaged from error
    return out.getvalue()


def _cut_jpeg(content: bytes) -> bytes:
    """Copy a JPEG from its first to its last mark without the segments of cameras and programs.

    What stands behind the end (films of "motion photos", second pictures) goes as well.
    """
    out, at = bytearray(content[:2]), 2
    while at < len(content):
        if content[at] != 0xFF:
            raise UploadDamaged
        mark = content[at + 1]
        if mark == 0xFF:  # a filling byte
            at += 1
            continue
        if mark == 0xD9:
            break
        if mark in _BARE:
            end = at + 2
        else:
            end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if mark == 0xDA:
            end = _end_of_scan(content, end)
        if not _is_metadata(mark, content[at + 4 : end]):
            out += content[at:end]
        at = end
    return bytes(out + b"\xff\xd9")


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the next mark stands after coded pixels, in which FF is followed by 00 or a restart mark."""
    while (at := content.find(b"\xff", at)) >= 0:
        following = content[at + 1] if at + 1 < len(content) else 0xD9
        if following != 0 and following not in _BARE and following != 0xFF:
            return at
        at += 1 if following == 0xFF else 2
    return len(content)


def _is_metadata(mark: int, payload: bytes) -> bool:
    """Whether a segment only tells about the picture: comments and all application segments but three.

    JFIF (how to scale), ICC (colours) and Adobe (how colours are coded) are needed to draw it.
    """
    if mark == 0xFE:
        return True
    if not 0xE0 <= mark <= 0xEF:
        return False
    needed = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
    return not (mark in needed and payload.startswith(needed[mark]))


def _cut_png(content: bytes) -> bytes:
    """Copy a PNG chunk by chunk to its last one, without those that hold metadata."""
    out, at = bytearray(_PNG_HEAD), len(_PNG_HEAD)
    while at < len(content):
        length, kind = struct.unpack_from(">L4s", content, at)
        end = at + 12 + length
        if kind not in _PNG_METADATA:
            out += content[at:end]
        if kind == b"IEND":
            return bytes(out)
        at = end
    raise UploadDamaged
