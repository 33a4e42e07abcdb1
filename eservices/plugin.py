"""The core's own e-service: procedures and the files that people start from them."""

from django.utils.translation import gettext_lazy as _

from eservices.contract import EService


class Procedures(EService):
    """Procedures: list, fill in, send, follow."""

    slug = "procedures"
    verbose_name = _("Procedures")
    icon = "file-pen-line"
