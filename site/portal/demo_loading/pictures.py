"""Drawings that stand for what people of the demo send."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile


def picture(name: str) -> SimpleUploadedFile:
    """Return a small drawing as a document that people could have sent."""
    from PIL import Image, ImageDraw  # heavy, and needed by the demo only

    image = Image.new("RGB", (1200, 800), "#f7f5ef")
    draw = ImageDraw.Draw(image)
    draw.rectangle((80, 80, 1120, 720), outline="#0c5668", width=6)
    for place in ((240, 220), (560, 300), (860, 520)):
        draw.ellipse(
            (place[0], place[1], place[0] + 130, place[1] + 130), outline="#2b6b3f", width=6
        )
    draw.line((80, 640, 1120, 560), fill="#b7791f", width=10)
    content = io.BytesIO()
    image.save(content, "JPEG", quality=80)
    return SimpleUploadedFile(f"{name}.jpg", content.getvalue(), content_type="image/jpeg")
