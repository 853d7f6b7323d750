"""Tokens: made on a page, shown once, good for what their scopes say, and until they end."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from tests import factories
from tracker.api.urls import urlpatterns
from tracker.models import ApiToken, Scope
from tracker.services.tokens import create_token

pytestmark = pytest.mark.django_db
PAGE = "/settings/tokens/"
VOLUMES = "/api/v1/records/volume/"


def using(text) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.fixture
def made(coder):
    """made(*scopes): a client that sends a token with these."""

    def make(*scopes):
        _token, text = create_token(coder.user, name="My robot", scopes=list(scopes), days=30)
        return using(text)

    return make


def volume(coder):
    return {
        "starts_on": "2026-03-01", "ends_on": "2026-03-07", "work_type": factories.WorkTypeFactory().slug,
        "charts": 10, "minutes": 120,
    }  # fmt: skip


def test_a_token_is_made_on_its_page_shown_once_and_stored_as_a_digest(client, coder):
    page = client.post(PAGE, {"name": "My robot", "scopes": ["read"], "days": "90"}, format="multipart")
    text = page.context["text"]
    assert text in page.content.decode()
    assert using(text).get("/api/v1/me/").json()["email"] == coder.user.email
    token = ApiToken.objects.get()
    assert text not in (token.digest, token.token_key)
    assert dt.timedelta(days=89) < token.expiry - timezone.now() <= dt.timedelta(days=90)
    again = client.get(PAGE).content.decode()
    assert "My robot" in again
    assert text not in again


def test_what_is_wrong_with_a_new_token_is_said_and_nothing_typed_is_lost(client):
    page = client.post(PAGE, {"name": "My robot", "days": "90"}, format="multipart")
    assert page.status_code == 422
    assert 'value="My robot"' in page.content.decode()
    assert page.context["form"].errors.keys() == {"scopes"}
    assert not ApiToken.objects.exists()


def test_the_last_use_is_kept(made):
    made("read").get("/api/v1/me/")
    assert ApiToken.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    ("scopes", "method", "path", "allowed"),
    [
        (["read"], "get", VOLUMES, True),
        (["read"], "post", VOLUMES, False),
        (["write"], "get", VOLUMES, False),
        (["read", "write"], "post", VOLUMES, True),
        (["read", "write"], "get", "/api/v1/pay/", False),
        (["read", "write"], "get", "/api/v1/standing/", False),
        (["pay"], "get", "/api/v1/pay/", True),
        (["pay"], "get", "/api/v1/standing/", True),
        (["pay"], "get", VOLUMES, False),
        (["team"], "get", "/api/v1/gaps/", False),
        (["team"], "get", "/api/v1/catalogue/roles/", True),
    ],
)
def test_a_token_does_what_its_scopes_say_and_no_more(scopes, method, path, allowed, made, coder):
    response = getattr(made(*scopes), method)(path, volume(coder) if method == "post" else None)
    assert (response.status_code != 403) is allowed, response.content
    if not allowed:
        assert "scope" in response.json()["detail"]


def test_a_token_that_ended_or_was_revoked_gets_nobody_in(made, client, coder):
    late, gone = made("read"), made("read")
    older, newer = ApiToken.objects.order_by("created")
    ApiToken.objects.filter(pk=older.pk).update(expiry=timezone.now())
    assert late.get("/api/v1/me/").status_code == 401
    assert "ended" in client.get(PAGE).content.decode()
    assert gone.get("/api/v1/me/").status_code == 200
    client.post(reverse("tracker:token_revoke", args=[newer.pk]))
    assert gone.get("/api/v1/me/").status_code == 401
    assert using("cpath_nothing").get("/api/v1/me/").status_code == 401


def test_nobody_revokes_or_sees_the_token_of_another(made, strangers_client):
    mine = made("read")
    token = ApiToken.objects.get()
    strangers_client.post(reverse("tracker:token_revoke", args=[token.pk]))
    assert mine.get("/api/v1/me/").status_code == 200
    assert "My robot" not in strangers_client.get(PAGE).content.decode()


def test_every_operation_says_which_scope_a_token_needs(made):
    views = [getattr(pattern.callback, "cls", None) for pattern in urlpatterns if pattern.callback]
    views += [
        pattern.callback.cls
        for router in urlpatterns
        if not router.callback
        for pattern in router.url_patterns
    ]
    unsaid = {view.__name__ for view in views if view.scope is None}
    assert unsaid == set()
    assert {view.scope for view in views} <= {"", *Scope.values}
