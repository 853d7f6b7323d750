"""Requests that try to be led elsewhere, or to lead somebody else there: another host, another way back."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from tests.factories import CoderFactory, SkillFactory, StaffFactory, TeamFactory, UserFactory

ELSEWHERE = [
    "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "https:elsewhere.example",
    "javascript:alert(1)", "\thttps://elsewhere.example/", "http://testserver@elsewhere.example/",
]  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/api/v1/me/", "/livez"])
def test_another_host_is_no_address_of_this_site(client, db, path):
    assert client.get(path, headers={"host": "elsewhere.example"}).status_code == 400


def test_a_forwarded_host_is_not_believed(client, db):
    """Else a message about a forgotten password would lead its reader elsewhere."""
    cache.clear()
    user = UserFactory()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client.post(
        reverse("account_reset_password"),
        {"email": user.email},
        headers={"x-forwarded-host": "elsewhere.example"},
    )
    assert mail.outbox
    assert all("elsewhere" not in message.body for message in mail.outbox)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_saving(client, db, wanted):
    client.force_login(CoderFactory().user)
    said = {"skill": SkillFactory().pk, "since": "2026-01-05", "next": wanted}
    saved = client.post(reverse("tracker:record_add", args=["skill"]), said)
    assert saved.status_code == 302
    assert saved.headers["Location"].startswith("/") and "elsewhere" not in saved.headers["Location"]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in(client, db, wanted):
    client.force_login(CoderFactory().user)
    answer = client.get(reverse("account_login"), {"next": wanted})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/") and "elsewhere" not in answer.headers["Location"]


def test_a_word_is_no_way_back(client, db):
    """It would be taken for the name of a view."""
    client.force_login(CoderFactory().user)
    said = {"skill": SkillFactory().pk, "since": "2026-01-05", "next": "0000-00-00"}
    saved = client.post(reverse("tracker:record_add", args=["skill"]), said)
    assert saved.headers["Location"].startswith("/")


def test_inviting_does_not_tell_who_is_known_here(client, db):
    """The answer and the page after it are the same, but for the address itself."""

    def answer(email):
        team = TeamFactory()
        client.force_login(StaffFactory(organization=team.organization).user)
        url = reverse("tracker:team_people", args=[team.pk])
        posted = client.post(url, {"form": "invite", "emails": email})
        page = client.get(url).content.decode().replace(email, "somebody")
        return (
            posted.status_code,
            page.count("somebody"),
            re.sub(r"\d+|Team \w+|Organization \w+|[\w.]+@[\w.]+", "", page).count("<"),
        )

    assert answer(CoderFactory().user.email) == answer("nobody@example.com")
