"""What a file of proof may be: a PDF, PNG or JPEG by its content, whatever it is called. Pure.

The structure is followed to its end, so that something else under a picture's first bytes is refused. What a file shows
cannot be checked, for patient data neither; the pages that take one say so.
"""

import struct
import zlib

import filetype
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 5 * 1024 * 1024
MOST_OF_A_RECORD = 5
MOST_BYTES_OF_A_CODER = 60 * 1024 * 1024  # an archive, which holds all of them, is read back up to 100 MB

# The content types that are kept, and the endings of the names under which they are.
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}

TOO_LARGE = _("The file is larger than 5 MB. Scan it in grey, or with fewer dots.")
NOT_ONE = _("Choose a PDF, a PNG or a JPEG. What this file holds is none of them, whatever it is called.")
BROKEN = _("The file is damaged or not complete. Open it to see whether it is whole, then save it anew.")


def content_type_of(content: bytes) -> str:
    """The content type of a file that may be kept. Raise ValidationError for any other."""
    if len(content) > MOST_BYTES:
        raise ValidationError(TOO_LARGE)
    guessed = filetype.guess(content)
    found = guessed.mime if guessed else ""
    if found not in ENDINGS:
        raise ValidationError(NOT_ONE)
    try:
        whole = _IS_WHOLE[found](content)
    except (struct.error, IndexError):  # it ends in the middle of a part
        whole = False
    if not whole:
        raise ValidationError(BROKEN)
    return found


def _is_whole_pdf(content: bytes) -> bool:
    end = content[-2048:]
    return content.startswith(b"%PDF-") and b"startxref" in end and b"%%EOF" in end


def _is_whole_png(content: bytes) -> bool:
    """Chunks with right checksums, the header first, up to the last one, and nothing after it."""
    at, first = 8, True
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        body = content[at + 4 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, at + 8 + length)
        if zlib.crc32(body) != checksum or first != (name == b"IHDR"):
            return False
        if first and (length != 13 or 0 in struct.unpack_from(">II", content, at + 8)):
            return False
        at, first = at + 12 + length, False
        if name == b"IEND":
            return at == len(content)


def _is_whole_jpeg(content: bytes) -> bool:
    """Segments up to the picture, a frame of some size among them, and an end of the picture. Cameras add what they like after it."""
    at, has_frame = 2, False
    while True:
        mark, kind, length = struct.unpack_from(">BBH", content, at)
        if mark != 0xFF or length < 2:
            return False
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            has_frame = 0 not in struct.unpack_from(">HH", content, at + 5)
        at += 2 + length
        if kind == 0xDA:
            return has_frame and content.find(b"\xff\xd9", at) > 0


_IS_WHOLE = {"application/pdf": _is_whole_pdf, "image/png": _is_whole_png, "image/jpeg": _is_whole_jpeg}
