"""The welcome, settings, target, ladder, standing and pay as pages."""

from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from tests.factories import (
    CertificationFactory,
    PayFactory,
    RoleFactory,
    UserFactory,
    WageAreaFactory,
    WorkTypeFactory,
)
from tracker.models import Coder, Credential, Pay
from tracker.views.messages import UNDO

WELCOME = {"full_name": "Rosa Alvarez", "time_zone": "America/Chicago", "stated_years": "2.5"}


@pytest.fixture
def newcomer(client, db):
    user = UserFactory(full_name="")
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(f"tracker:{name}", args=args)


def test_the_welcome_ends_on_the_dashboard(client, newcomer):
    role, certification = RoleFactory(), CertificationFactory()
    response = client.post(
        url("onboarding"),
        {
            **WELCOME,
            "stated_role": role.pk,
            "credential-certification": certification.pk,
            "credential-earned_on": "2024-05-01",
        },
    )
    assert response.headers["Location"] == url("dashboard")
    coder = Coder.objects.get(user=newcomer)
    assert (coder.stated_role, coder.stated_years, coder.user.full_name) == (
        role,
        Decimal("2.5"),
        "Rosa Alvarez",
    )
    assert coder.onboarded_at is not None
    assert Credential.objects.get(coder=coder).certification == certification


def test_the_browser_may_guess_the_time_zone_until_somebody_chose_one(client, newcomer):
    assert "data-guess-time-zone" in client.get(url("onboarding")).content.decode()
    client.post(url("onboarding"), WELCOME)
    assert "data-guess-time-zone" not in client.get(url("onboarding")).content.decode()


def test_the_welcome_can_be_skipped(client, newcomer):
    response = client.post(url("onboarding"), {"skip": "1"})
    assert response.headers["Location"] == url("dashboard")
    assert Coder.objects.get(user=newcomer).onboarded_at is not None


def test_every_answer_of_the_welcome_is_optional(client, newcomer):
    assert client.post(url("onboarding"), {"time_zone": "America/New_York"}).status_code == 302


def test_a_mistake_in_the_credential_keeps_the_rest(client, newcomer):
    data = {
        **WELCOME,
        "credential-certification": CertificationFactory().pk,
        "credential-earned_on": "2999-01-01",
    }
    response = client.post(url("onboarding"), data)
    assert response.status_code == 422
    assert 'value="Rosa Alvarez"' in response.content.decode()
    assert not Credential.objects.exists()
    newcomer.refresh_from_db()
    assert newcomer.full_name == ""


def test_settings_are_saved(site, coder):
    area = WageAreaFactory()
    response = site.post(url("settings"), {**WELCOME, "area": area.pk})
    assert response.status_code == 302
    coder.refresh_from_db()
    assert coder.area == area


def test_wrong_settings_are_shown_again(site, coder):
    response = site.post(url("settings"), {**WELCOME, "stated_years": "-1"})
    assert response.status_code == 422
    assert 'value="-1"' in response.content.decode()


def test_charts_an_hour_are_confirmed_by_their_own_button(site, coder):
    work_type = WorkTypeFactory()
    site.post(url("settings"), {"form": "rate", "work_type": work_type.pk, "per_hour": "12"})
    assert coder.productivity_targets.get().per_hour == 12
    assert "12 an hour" in site.get(url("settings")).content.decode()


def test_a_target_is_chosen_and_given_back(site, coder, catalogue):
    site.post(url("choose_target"), {"target_role": "coding-auditor"})
    coder.refresh_from_db()
    assert coder.target_role.slug == "coding-auditor"
    site.post(url("choose_target"), {"target_role": ""})
    coder.refresh_from_db()
    assert coder.target_role is None


def test_an_unknown_target_is_not_there(site, coder):
    assert site.post(url("choose_target"), {"target_role": "astronaut"}).status_code == 404


def test_the_ladder_shows_where_i_am_what_is_next_and_my_target(site, coder, catalogue):
    coder.stated_role = RoleFactory(slug="coder-i")
    coder.target_role = RoleFactory(slug="coder-ii-senior")
    coder.save()
    html = site.get(url("ladder")).content.decode().split('class="ladder"', 1)[1]  # below the picture
    for name, tag in (
        ("Medical Coder I<", "you"),
        ("Coding Auditor<", "next"),
        ("Medical Coder II / Senior Medical Coder<", "target"),
    ):
        after = html.split(f">{name}", 1)[1][:200]
        assert f">{tag}</span>" in after, name


def test_a_role_says_what_it_asks_in_plain_words(site, coder, catalogue):
    html = site.get(url("role", "coding-auditor")).content.decode()
    assert "Coding accuracy of 95%" in html
    assert "Code-over-code accuracy of at least 95.0%" in html
    assert "Aim at this role" in html


def test_the_standing_page_works_before_any_wages_are_loaded(site, coder):
    assert "No wages are loaded yet" in site.get(url("standing")).content.decode()


def test_pay_is_logged_changed_removed_and_brought_back(site, coder):
    site.post(url("pay_add"), {"effective_on": "2026-01-05", "amount": "52600", "basis": "annual"})
    pay = Pay.objects.get(coder=coder)
    site.post(url("pay_edit", pay.pk), {"effective_on": "2026-01-05", "amount": "53000", "basis": "annual"})
    assert "$53,000" in site.get(url("pay")).content.decode()
    response = site.post(url("pay_remove", pay.pk))
    assert not Pay.objects.exists()
    message = [*get_messages(response.wsgi_request)][-1]
    site.post(message.extra_tags.removeprefix(UNDO))
    assert Pay.objects.get(coder=coder).amount == 53_000


def test_pay_that_cannot_be_is_shown_again(site, coder):
    response = site.post(url("pay_add"), {"effective_on": "2026-01-05", "amount": "26", "basis": "annual"})
    assert response.status_code == 422
    assert 'value="26"' in response.content.decode()
    assert not Pay.objects.exists()


def test_the_pay_page_says_that_it_is_private(site, coder):
    PayFactory(coder=coder)
    assert "Seen by you alone" in site.get(url("pay")).content.decode()


def test_no_message_repeats_the_pay(site, coder):
    response = site.post(url("pay_add"), {"effective_on": "2026-01-05", "amount": "52600", "basis": "annual"})
    assert not any("52" in str(message) for message in get_messages(response.wsgi_request))
