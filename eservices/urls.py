"""Addresses of procedures and files; the words in them are those of the page's language."""

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import pgettext_lazy

from eservices.views import (
    annexes,
    chapters,
    corrections,
    dashboard,
    discussions,
    documents,
    drafts,
    notices,
    own_files,
    procedures,
    requests,
    submissions,
)

_file_pages: list[URLPattern] = [
    path("", submissions.SubmissionView.as_view(), name="submission"),
    path("form.pdf", documents.SubmissionPdfView.as_view(), name="submission-pdf"),
    path("check/", drafts.SummaryView.as_view(), name="submission-check"),
    path("changes/", drafts.DismissChangesView.as_view(), name="submission-changes"),
    path("requests/<uuid:request_id>/", requests.RequestView.as_view(), name="submission-request"),
    path("withdraw/", submissions.WithdrawView.as_view(), name="submission-withdraw"),
    path("keep/", drafts.KeepView.as_view(), name="submission-keep"),
    path("copy/", drafts.CopyView.as_view(), name="submission-copy"),
    path("delete/", drafts.DiscardView.as_view(), name="submission-discard"),
    path("annexes/<uuid:annex_id>/", annexes.AnnexView.as_view(), name="annex"),
    path("annexes/add/<str:question>/", annexes.AnnexAddView.as_view(), name="annex-add"),
    path("annexes/send/", annexes.AnnexSendView.as_view(), name="annex-send"),
    path("annexes/send/<str:wanted>/", annexes.AnnexSendView.as_view(), name="annex-send-wanted"),
    path("annexes/<uuid:annex_id>/delete/", annexes.AnnexDeleteView.as_view(), name="annex-delete"),
    path(
        "annexes/<uuid:annex_id>/replace/",
        annexes.AnnexReplaceView.as_view(),
        name="annex-replace",
    ),
    path("messages/", discussions.MessageView.as_view(), name="message-send"),
    path("messages/files/", discussions.MessageFileView.as_view(), name="message-file"),
    path("messages/<uuid:message_id>/", discussions.MessageEditView.as_view(), name="message-edit"),
    path("correction/begin/", corrections.BeginCorrectionView.as_view(), name="correction-begin"),
    path("correction/", corrections.CorrectionCheckView.as_view(), name="correction-check"),
    path("correction/drop/", corrections.DropCorrectionView.as_view(), name="correction-drop"),
    path(
        "correction/annexes/<str:question>/",
        corrections.CorrectionAnnexAddView.as_view(),
        name="correction-annex-add",
    ),
    path(
        "correction/<str:chapter>/autosave/",
        corrections.CorrectionAutosaveView.as_view(),
        name="correction-autosave",
    ),
    path(
        "correction/chapter/<str:chapter>/",
        corrections.CorrectionChapterView.as_view(),
        name="correction-chapter",
    ),
    path("<str:chapter>/autosave/", chapters.AutosaveView.as_view(), name="submission-autosave"),
    path("chapter/<str:chapter>/", chapters.ChapterView.as_view(), name="submission-chapter"),
]

_notices: list[URLPattern] = [
    path("", notices.NoticesView.as_view(), name="notices"),
    path(pgettext_lazy("address", "read/"), notices.ReadNoticesView.as_view(), name="notices-read"),
    path("<uuid:notice>/", notices.OpenNoticeView.as_view(), name="notice-open"),
]

_own_files: list[URLPattern] = [
    path("", own_files.OwnFilesView.as_view(), name="own-files"),
    path("exports/", own_files.ExportNewView.as_view(), name="export-new"),
    path("exports/<uuid:export_id>/", own_files.ExportView.as_view(), name="export"),
    path("exports/<uuid:export_id>/file/", own_files.ExportFileView.as_view(), name="export-file"),
    path(
        "exports/<uuid:export_id>/delete/",
        own_files.ExportDeleteView.as_view(),
        name="export-delete",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path(pgettext_lazy("address", "notices/"), include(_notices)),
    path(pgettext_lazy("address", "procedures/"), procedures.procedure_list, name="procedures"),
    # For mails and posters: the page of the tree has its own word in each language.
    path("p/<slug:code>/", procedures.procedure_by_code, name="procedure"),
    path(
        pgettext_lazy("address", "my-space/"), dashboard.DashboardView.as_view(), name="dashboard"
    ),
    path(pgettext_lazy("address", "my-files/"), include(_own_files)),
    path(
        pgettext_lazy("address", "start/<slug:code>/"),
        drafts.StartView.as_view(),
        name="submission-start",
    ),
    path(
        pgettext_lazy("address", "forms/<slug:code>.pdf"),
        documents.EmptyPdfView.as_view(),
        name="procedure-pdf",
    ),
    path(
        pgettext_lazy("address", "forms/<slug:code>/fields.pdf"),
        documents.FillablePdfView.as_view(),
        name="procedure-fillable",
    ),
    path(pgettext_lazy("address", "files/<str:reference>/"), include(_file_pages)),
]
