"""Nobody reaches the back office, nor anything personal, without a second factor in this session."""

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from wagtail.documents.models import Document

from eservices.models import User
from tests.addresses import at
from tests.factories.eservices import PASSWORD, log_in, make_agent, make_user

pytestmark = pytest.mark.django_db


def admin_paths() -> list[str]:
    """Every address below /admin/, with plausible values for its parameters."""
    found = []

    def walk(patterns, prefix):
        for entry in patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, route)
            elif isinstance(entry, URLPattern):
                found.append(route)

    admin = [
        entry for entry in get_resolver().url_patterns if str(entry.pattern).startswith("admin/")
    ]
    walk(admin, "/")
    plain = [path for path in found if "<" not in path and "^" not in path and "(" not in path]
    numbered = [
        path.replace("<int:page_id>", "1").replace("<int:pk>", "1")
        for path in found
        if path.count("<") == 1 and ("<int:page_id>" in path or "<int:pk>" in path)
    ]
    return sorted({*plain, *numbered} - {"/admin/login/"})


def password_only(user: User) -> Client:
    """A session that some other path has begun: a password, a tool, a test client."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_walk_meets_many_addresses():
    paths = admin_paths()

    assert len(paths) > 100
    assert "/admin/pages/1/edit/" in paths
    assert "/admin/invitations/" in paths


@pytest.mark.parametrize("method", ["get", "post"])
def test_superuser_without_second_factor_meets_a_closed_door_everywhere(method):
    client = password_only(make_agent(is_superuser=True))

    answers = {path: getattr(client, method)(path) for path in admin_paths()}

    open_doors = [path for path, answer in answers.items() if answer.status_code not in (302, 403)]
    elsewhere = [
        path
        for path, answer in answers.items()
        if answer.status_code == 302 and not answer.url.startswith(f"{at('login')}?next=")
    ]
    assert open_doors == []
    assert elsewhere == []


def test_the_same_door_opens_with_a_second_factor(client):
    log_in(client, make_agent(is_superuser=True))

    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/invitations/").status_code == 200


def test_posting_a_password_to_wagtails_login_logs_nobody_in(client):
    make_agent("marc@example.org", is_superuser=True)

    answer = client.post("/admin/login/", {"username": "marc@example.org", "password": PASSWORD})

    assert answer.status_code == 302
    assert answer.url.startswith(at("login"))
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").status_code == 302


def test_wagtails_password_reset_is_closed(client):
    for path in ("/admin/password_reset/", "/admin/password_reset/done/"):
        assert client.get(path).url == f"{at('login')}?next={path}"
        assert client.post(path, {"email": "marc@example.org"}).status_code == 302


def test_scripts_get_a_refusal_instead_of_a_page():
    client = password_only(make_agent())

    by_header = client.get("/admin/", headers={"X-Requested-With": "XMLHttpRequest"})
    by_accept = client.get("/admin/", headers={"Accept": "application/json"})

    assert (by_header.status_code, by_accept.status_code) == (403, 403)
    assert by_header.json()["code"] == "accounts.second_factor_required"


@pytest.mark.parametrize("path", ["/admin", "/admin/", "/admin/pages/", "/admin/nothing-here/"])
def test_citizens_get_the_page_that_says_no(client, path):
    log_in(client, make_user())

    answer = client.get(path, follow=path == "/admin")

    assert answer.status_code == 403
    assert "<h1" in answer.content.decode()


def test_a_session_without_second_factor_is_nobody_on_every_side():
    client = password_only(make_user())

    page = client.get(at("login")).content.decode()
    state = client.get("/api/v1/session/").json()

    assert at("logout") not in page
    assert state["authenticated"] is False
    assert (state["user"], state["profile"], state["level"]) == (None, None, "password")
    assert client.get(at("details")).status_code == 302


def test_somebody_elses_device_proves_nothing(client):
    user, other = make_user(), make_user()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["otp_device_id"] = other.emaildevice_set.get().persistent_id
    session.save()

    assert client.get("/api/v1/session/").json()["authenticated"] is False


def test_private_documents_need_the_second_factor(client):
    from django.core.files.base import ContentFile
    from wagtail.models import Collection, CollectionViewRestriction

    collection = Collection.get_first_root_node().add_child(name="Internal")
    CollectionViewRestriction.objects.create(
        collection=collection, restriction_type=CollectionViewRestriction.LOGIN
    )
    document = Document.objects.create(
        title="Internal", collection=collection, file=ContentFile(b"secret", name="internal.txt")
    )
    agent = make_agent()

    closed = password_only(agent).get(document.url)
    opened = log_in(client, agent).get(document.url)
    content = b"".join(opened.streaming_content)
    opened.close()

    assert closed.status_code == 302
    assert (opened.status_code, content) == (200, b"secret")


def test_editors_and_agents_enter_by_group(client):
    from django.contrib.auth.models import Group

    user = make_user()
    user.groups.add(Group.objects.get(name="Editors"))

    log_in(client, user)

    assert client.get("/admin/").status_code == 200


def test_anonymous_requests_of_pages_ask_the_database_for_nobody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/api/v1/session/")
