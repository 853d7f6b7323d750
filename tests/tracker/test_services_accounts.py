"""Deleting an account removes everything of the person, from every table."""

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import CharField, ForeignKey, TextField
from django.test import Client
from django.urls import reverse

from tests.factories import RECORD_FACTORIES, CoderFactory, EnrollmentFactory, MembershipFactory, PayFactory
from tracker.models import Coder, User
from tracker.services.accounts import delete_account, what_goes
from tracker.services.evaluation import evaluate_if_stale
from tracker.services.tokens import create_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(coder):
    for make in RECORD_FACTORIES.values():
        make(coder=coder)
    PayFactory(coder=coder).delete()
    PayFactory(coder=coder)
    create_token(coder.user, name="My robot", scopes=["read"], days=30)
    evaluate_if_stale(coder.pk)
    return coder


def traces_of(user_id, coder_id, email) -> list[str]:
    """Every column of every table that still names the person."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            rows = model._base_manager.all()
            if isinstance(field, ForeignKey) and field.related_model is Coder:
                rows = rows.filter(**{field.attname: coder_id})
            elif isinstance(field, ForeignKey) and field.related_model is User:
                rows = rows.filter(**{field.attname: user_id})
            elif isinstance(field, CharField | TextField) and not field.choices:
                rows = rows.filter(**{f"{field.attname}__contains": email})
            else:
                continue
            if rows.exists():
                found.append(f"{model._meta.label}.{field.name}")
    return found


def test_nothing_of_the_person_is_left_in_any_table(full):
    user, other = full.user, CoderFactory()
    kept = RECORD_FACTORIES["volume"](coder=other)
    kept.verified_by = user
    kept.save()
    MembershipFactory(invited=True, invited_email=user.email)
    EnrollmentFactory(invited=True, invited_email=user.email)
    browser = Client()
    browser.force_login(user)
    UserSession.objects.create(
        user=user, session_key=browser.session.session_key, ip="127.0.0.1", user_agent="x"
    )
    who = (user.pk, full.pk, user.email)
    assert len(traces_of(*who)) > len(RECORD_FACTORIES)
    delete_account(user)
    assert traces_of(*who) == []
    assert not Session.objects.exists()
    kept.refresh_from_db()
    assert kept.history.exists()


def test_what_goes_is_said_before(full):
    said = {row.what: row.number for row in what_goes(full.user)}
    assert said["Chart volumes"] == 1
    assert len(said) == len(RECORD_FACTORIES) + 1


def test_the_page_deletes_only_with_the_address_typed(client, full):
    full.user.set_password("a long one of my own")
    full.user.save()
    client.force_login(full.user)
    page = reverse("tracker:account_delete")
    asked = client.get(page)["Location"]
    shown = client.post(asked, {"password": "a long one of my own"}, follow=True)
    assert "Chart volumes" in shown.content.decode()
    wrong = client.post(page, {"email": "else@demo.example"})
    assert wrong.status_code == 422
    assert "not the address" in wrong.content.decode()
    assert User.objects.filter(pk=full.user_id).exists()
    done = client.post(page, {"email": full.user.email.upper()}, follow=True)
    assert "deleted" in done.content.decode()
    assert not User.objects.filter(pk=full.user_id).exists()


def test_whoever_merely_finds_the_browser_open_does_not_delete(client, full):
    client.force_login(full.user)
    page = client.post(reverse("tracker:account_delete"), {"email": full.user.email})
    assert page.status_code == 302
    assert "reauthenticate" in page["Location"]
    assert User.objects.filter(pk=full.user_id).exists()
