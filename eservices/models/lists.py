"""Lists as agents and citizens keep them: saved filters and columns, and exports."""

import uuid

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import ExportFormat, ExportState


def export_storage() -> Storage:
    """Where exports lie: beside the documents, never below an address of their own."""
    return storages["private"]


def export_path(export: "Export", _filename: str) -> str:
    """Where the bytes lie: a random name, so that a path tells nothing."""
    return f"exports/{uuid.uuid4().hex}"


class SavedList(models.Model):
    """How one person wants to see one list: a name, filters and columns; the unnamed one keeps columns only."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_lists"
    )
    name = models.CharField(_("Name"), max_length=60, blank=True)
    filters = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    list = models.SlugField(help_text="Which list, such as files.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "list", "name"), name="eservices_saved_list_name"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> uuid.UUID:
        """What the API calls it, among the lists of its person: it follows the name."""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.user_id}/{self.list}/{self.name}")


class Export(models.Model):
    """A list that one person asked for as a file; made by the worker, deleted when its time is over."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports"
    )
    profile = models.ForeignKey("Profile", on_delete=models.CASCADE, null=True, related_name="+")
    list = models.SlugField(help_text="Which list, such as files.")
    format = models.CharField(max_length=4, choices=ExportFormat)
    language = models.CharField(max_length=5)
    parameters = models.JSONField(default=dict, help_text="Filters and columns; no names.")
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.WAITING)
    done = models.PositiveIntegerField(default=0, help_text="Rows written so far.")
    total = models.PositiveIntegerField(null=True)
    file = models.FileField(upload_to=export_path, storage=export_storage, max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return str(self.public_id)
