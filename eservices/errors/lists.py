"""Refusals about lists: saved ones, and exports as files."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid


class ExportsBusy(Conflict):
    """Somebody has as many exports being made as one person may have at a time."""

    code = "exports.busy"
    message = _("%(limit)s exports of yours are still being made. Wait until one is ready.")


class ExportEmpty(Invalid):
    """The list holds nothing to export."""

    code = "exports.empty"
    message = _("This list is empty: there is nothing to export. Change the filters first.")


class ExportTooLarge(Invalid):
    """The list holds more rows than one file takes."""

    code = "exports.too_large"
    message = _("This list has more than %(limit)s rows. Narrow it with a filter first.")


class ExportColumnUnknown(Invalid):
    """A column that the list does not have, or that the person has no right to."""

    code = "exports.column_unknown"
    message = _("This column is not there, or not for you: %(column)s.")


class ExportNotReady(Conflict):
    """The file is still being made, could not be made, or was deleted after its time."""

    code = "exports.not_ready"
    message = _("This export is not ready, or its time is over. Ask for a new one.")


class ListNameMissing(Invalid):
    """A list is saved under a name."""

    code = "lists.name_missing"
    message = _("Give the list a name of at most 60 characters.")


class ListNameTaken(Conflict):
    """A saved list gets the name of another one."""

    code = "lists.name_taken"
    message = _("You have a list “%(name)s” already. Choose another name.")


class ListsFull(Conflict):
    """One person has a limited number of saved lists."""

    code = "lists.full"
    message = _("You have %(limit)s saved lists. Delete one that you no longer use first.")
