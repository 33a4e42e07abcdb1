"""Photos: upright, without place and time, as good as before."""

import io

import pytest
from PIL import Image, PngImagePlugin

from eservices import uploads
from eservices.errors import UploadHeicRefused
from eservices.file_kinds import UploadDamaged
from eservices.pictures import cleaned
from tests.eservices.test_uploads import SAMPLES, sent
from tests.factories.documents import letter, photo

MAKER = "Fotowerk 9000"


def exif(orientation: int = 1) -> Image.Exif:
    """What a telephone writes: maker, day, place, how it was held."""
    found = Image.Exif()
    found[0x010F] = MAKER
    found[0x0112] = orientation
    found[0x9003] = "2026:06:09 09:12:00"
    found.get_ifd(0x8825).update({1: "N", 2: (50.0, 38.0, 12.0), 3: "E", 4: (5.0, 34.0, 0.0)})
    return found


def marked(mode: str = "RGB") -> Image.Image:
    """A wide picture whose left third is red."""
    picture = Image.new(mode, (96, 32), "white")
    picture.paste("red", (0, 0, 32, 32))
    return picture


def saved(picture: Image.Image, kind: str, **save) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **save)
    return out.getvalue()


def test_place_time_and_maker_go_and_pixels_stay_the_same():
    content = saved(marked(), "JPEG", exif=exif(), comment=b"my garden", quality=88)
    assert MAKER.encode() in content, "there is something to lose"

    clean = cleaned(io.BytesIO(content), "image/jpeg").getvalue()

    assert MAKER.encode() not in clean
    assert b"my garden" not in clean
    with Image.open(io.BytesIO(clean)) as after, Image.open(io.BytesIO(content)) as before:
        assert dict(after.getexif()) == {}
        assert after.tobytes() == before.tobytes()
        assert after.quantization == before.quantization


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_picture_that_lies_is_turned_and_loses_its_data(orientation):
    turns = {
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
    }
    lying = marked().transpose(turns[orientation])
    content = saved(lying, "JPEG", exif=exif(orientation), quality=90)

    clean = cleaned(io.BytesIO(content), "image/jpeg").getvalue()

    assert MAKER.encode() not in clean
    with Image.open(io.BytesIO(clean)) as after, Image.open(io.BytesIO(content)) as before:
        assert after.size == (96, 32)
        red, white = after.getpixel((10, 16)), after.getpixel((80, 16))
        assert red[0] > 200
        assert red[1] < 80
        assert min(white) > 200
        assert after.quantization == before.quantization
        assert 0x0112 not in after.getexif()


def test_colour_profiles_stay_and_what_stands_behind_the_end_goes():
    profile = b"profile" * 30
    content = (
        saved(marked(), "JPEG", icc_profile=profile, exif=exif())
        + b"ftypmp42 a film with its place"
    )

    clean = cleaned(io.BytesIO(content), "image/jpeg").getvalue()

    assert b"film" not in clean
    with Image.open(io.BytesIO(clean)) as after:
        assert after.info["icc_profile"] == profile


@pytest.mark.parametrize("save", [{"progressive": True}, {"subsampling": 2}, {"optimize": True}])
def test_all_ways_of_coding_survive(save):
    content = saved(Image.effect_noise((120, 90), 80).convert("RGB"), "JPEG", exif=exif(), **save)

    clean = cleaned(io.BytesIO(content), "image/jpeg").getvalue()

    with Image.open(io.BytesIO(clean)) as after, Image.open(io.BytesIO(content)) as before:
        assert after.tobytes() == before.tobytes()


def test_words_and_place_go_from_a_png():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", MAKER)
    words.add_itxt("Location", "50.6367, 5.5667")
    content = saved(marked("RGBA"), "PNG", pnginfo=words, exif=exif())

    clean = cleaned(io.BytesIO(content), "image/png").getvalue()

    assert MAKER.encode() not in clean
    assert b"50.6367" not in clean
    with Image.open(io.BytesIO(clean)) as after:
        assert after.tobytes() == marked("RGBA").tobytes()


def test_a_png_that_lies_is_turned():
    lying = marked().transpose(Image.Transpose.ROTATE_90)
    content = saved(lying, "PNG", exif=exif(6))

    with Image.open(cleaned(io.BytesIO(content), "image/png")) as after:
        assert after.size == (96, 32)
        assert after.getpixel((10, 16)) == (255, 0, 0)


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png"])
def test_a_torn_picture_is_refused_or_kept_readable_as_far_as_it_goes(kind):
    content = saved(marked(), kind.removeprefix("image/").upper())
    for length in range(4, len(content) - 1, 7):
        try:
            cleaned(io.BytesIO(content[:length]), kind)
        except UploadDamaged:
            continue


def test_other_documents_are_kept_byte_for_byte():
    uploaded = letter()

    checked, content = uploads.to_store(uploaded, accept=("pdf",))

    assert content.read() == letter().read()
    assert checked.size == uploaded.size


def test_name_size_and_hash_are_those_of_what_is_stored():
    uploaded = photo(exif=exif(6))
    before = uploads.check(uploaded, accept=("jpg",))

    checked, content = uploads.to_store(uploaded, accept=("jpg",))

    stored = content.read()
    assert checked.size == len(stored)
    assert checked.sha256 != before.sha256


def test_a_photo_of_an_iphone_gets_a_sentence_that_helps():
    with pytest.raises(UploadHeicRefused) as refused:
        uploads.check(sent("IMG_2041.HEIC", SAMPLES["heic"]))

    assert "JPG" in str(refused.value)
