"""Refusals of documents."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Invalid


class UploadRefused(Invalid):
    """A file that cannot be taken; subclasses say why."""

    code = "uploads.refused"
    message = _("This file cannot be accepted.")


class UploadEmpty(UploadRefused):
    """Zero bytes."""

    code = "uploads.empty"
    message = _("This file is empty. Choose another one.")


class UploadTooLarge(UploadRefused):
    """Larger than the limit."""

    code = "uploads.too_large"
    message = _(
        "This file is %(size)s; the limit is %(limit)s. Make it smaller or send it in parts."
    )


class UploadTypeRefused(UploadRefused):
    """The content is not of a kind that is accepted here, whatever its name says."""

    code = "uploads.type_refused"
    message = _("This kind of file is not accepted here. Send one of: %(accepted)s.")


class UploadHeicRefused(UploadTypeRefused):
    """A photo in the format of iPhones, which many computers cannot show."""

    code = "uploads.heic_refused"
    message = _(
        "This photo is in the HEIC format, which many computers cannot show. Send one of: %(accepted)s. On an iPhone, "
        "choose “Most Compatible” under Settings, Camera, Formats, or send a screenshot of it."
    )


class UploadNameRefused(UploadRefused):
    """The name cannot be used."""

    code = "uploads.name_refused"
    message = _("The name of this file cannot be used. Give it a shorter and simpler name.")


class UploadActive(UploadRefused):
    """The document holds scripts or actions that would run when it is opened."""

    code = "uploads.active_content"
    message = _(
        "This document contains active content (a script). Print it to a new PDF and send that."
    )


class UploadTooMany(UploadRefused):
    """More files than the question takes."""

    code = "uploads.too_many"
    message = _("You can send at most %(limit)s files here. Delete one first.")
