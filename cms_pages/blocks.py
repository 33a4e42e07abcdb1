"""What pages are made of.

Two rules keep translations whole (wagtail-localize): codes are choices, never free text, because free text goes to
translators; and optional text is empty, never null. Pictures stand in their own struct, not inside rich text, so that
their descriptions are translated too.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms_pages.destinations import service_choices

#: No headings (the page makes them), no pictures (their descriptions would not be translated).
TEXT_FEATURES = ["bold", "italic", "ul", "ol", "link", "document-link"]
LINE_FEATURES = ["bold", "italic", "link"]


class StepsBlock(blocks.StructBlock):
    """What to do, one act per step."""

    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    steps = blocks.ListBlock(
        blocks.RichTextBlock(label=_("Step"), features=LINE_FEATURES), label=_("Steps"), min_num=1
    )

    class Meta:
        label = _("Numbered steps")
        icon = "list-ol"


class BoxBlock(blocks.StructBlock):
    """A coloured box on a picture: place and size in percent of the picture, and the same said in words."""

    x = blocks.FloatBlock(label=_("Left (%)"), min_value=0, max_value=100)
    y = blocks.FloatBlock(label=_("Top (%)"), min_value=0, max_value=100)
    width = blocks.FloatBlock(label=_("Width (%)"), min_value=0.5, max_value=100)
    height = blocks.FloatBlock(label=_("Height (%)"), min_value=0.5, max_value=100)
    label = blocks.RichTextBlock(label=_("What the box shows"), features=LINE_FEATURES)

    class Meta:
        label = _("Box")
        icon = "placeholder"

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Refuse a box that leaves its picture."""
        cleaned = super().clean(value)
        faults = {
            size: ValidationError(_("The box leaves the picture."))
            for start, size in (("x", "width"), ("y", "height"))
            if (cleaned[start] or 0) + (cleaned[size] or 0) > 100.01
        }
        if faults:
            raise StructBlockValidationError(block_errors=faults)
        return cleaned


class ScreenshotBlock(blocks.StructBlock):
    """A picture of the screen with numbered boxes and, beside it, the same as a list for everybody."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(label=_("What is seen, in one sentence"), max_length=300)
    boxes = blocks.ListBlock(BoxBlock(), label=_("Boxes"), max_num=6)

    class Meta:
        label = _("Annotated picture")
        icon = "image"


class CalloutBlock(blocks.StructBlock):
    """Something to notice."""

    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[
            ("info", _("Good to know")),
            ("warning", _("Please note")),
            ("success", _("Done")),
        ],
        default="info",
    )
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES)

    class Meta:
        label = _("Callout")
        icon = "warning"


class AccordionItemBlock(blocks.StructBlock):
    """A special case that opens on demand."""

    title = blocks.CharBlock(label=_("Title"), max_length=160)
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES)

    class Meta:
        label = _("Part")
        icon = "collapse-down"


class ServiceLinkBlock(blocks.StructBlock):
    """A button to a place of the portal."""

    service = blocks.ChoiceBlock(label=_("Place"), choices=service_choices)
    label = blocks.CharBlock(label=_("Words on the link"), max_length=80)

    class Meta:
        label = _("Link to an e-service")
        icon = "link"


class DocumentBlock(blocks.StructBlock):
    """A file to download."""

    document = DocumentChooserBlock(label=_("Document"))
    label = blocks.CharBlock(label=_("Words on the link"), max_length=120)

    class Meta:
        label = _("Document")
        icon = "doc-full"


class AnswerBlock(blocks.StreamBlock):
    """The body of an answer or of a help page."""

    paragraph = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES, icon="pilcrow")
    steps = StepsBlock()
    screenshot = ScreenshotBlock()
    callout = CalloutBlock()
    accordion = blocks.ListBlock(
        AccordionItemBlock(), label=_("Parts that open"), icon="collapse-down", min_num=1
    )
    service_link = ServiceLinkBlock()
    document = DocumentBlock()


class HelpBodyBlock(AnswerBlock):
    """The body of a help page: an answer with headings."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=160, icon="title")


class TileBlock(blocks.StructBlock):
    """A service on the start page."""

    service = blocks.ChoiceBlock(label=_("Place"), choices=service_choices)
    title = blocks.CharBlock(label=_("Title"), max_length=60)
    text = blocks.CharBlock(label=_("Text"), max_length=160)

    class Meta:
        label = _("Service")
        icon = "placeholder"


class NoticeBlock(blocks.StructBlock):
    """News with a date; `page` or `service` says where it leads, if anywhere."""

    date = blocks.DateBlock(label=_("Date"))
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.CharBlock(label=_("Text"), max_length=240)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)

    class Meta:
        label = _("Notice")
        icon = "date"


class HoursBlock(blocks.StructBlock):
    """When the counter is open on one day of the week (1 = Monday, as ISO 8601 has it)."""

    weekday = blocks.ChoiceBlock(
        label=_("Day of the week"), choices=[(str(number), str(number)) for number in range(1, 8)]
    )
    day = blocks.CharBlock(label=_("Day in words"), max_length=40)
    hours = blocks.CharBlock(label=_("Hours in words"), max_length=80)

    class Meta:
        label = _("Day")
        icon = "time"
