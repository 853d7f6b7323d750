"""Signing in: no page tells who is known here, guessing stops, a second step is asked for, other browsers are signed out."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from coderpath_site.second_step import EncryptedSecrets
from coderpath_site.sessions import browser_name
from tests.factories import UserFactory

PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
)
CHROME = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def person(db, settings):
    cache.clear()  # the counts of attempts
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # the real one is slow by design
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def signed_in(client):
    return client.get(reverse("usersessions_list")).status_code == 200


def totp_code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def switch_on_totp(client):
    """As a person would, who first proves it is them; returns the secret that the app keeps."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})
    assert done.status_code == 302
    return secret


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(client, person):
    def answer(email):
        cache.clear()
        response = sign_in(client, email, "wrong password here")
        return response.status_code, re.sub(
            r'value="[^"]*"|csrfmiddlewaretoken[^>]*|X-CSRFToken[^}]*', "", response.content.decode()
        )

    assert answer(person.email) == answer("nobody@example.com")


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password", "account_signup"])
def test_a_page_that_sends_mail_says_the_same_to_everyone(person, name):
    def answer(email):
        cache.clear()
        response = Client().post(reverse(name), {"email": email})
        return response.status_code, response.headers.get("Location")

    assert answer(person.email) == answer("nobody@example.com")


def test_signing_up_with_a_known_address_tells_only_its_owner(client, person):
    client.post(reverse("account_signup"), {"email": person.email})
    (message,) = mail.outbox
    assert message.to == [person.email]
    assert "already" in message.body


def test_guessing_a_password_stops_even_for_who_then_knows_it(client, person):
    for _ in range(5):
        sign_in(client, person.email, "wrong password here")
    sign_in(client, person.email)
    assert not signed_in(client)


def test_from_one_address_only_so_many_try_to_sign_in(client, person):
    answers = [sign_in(client, f"c{i}@example.com", "wrong password here").status_code for i in range(31)]
    assert 429 in answers


def test_a_second_step_is_asked_for_once_it_is_switched_on(client, person):
    sign_in(client, person.email)
    secret = switch_on_totp(client)
    browser = Client()
    assert sign_in(browser, person.email).headers["Location"] == reverse("mfa_authenticate")
    assert not signed_in(browser)
    browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not signed_in(browser)
    cache.clear()  # a code works once, also for who read it off while it was typed
    browser.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert signed_in(browser)


def test_a_code_by_mail_is_no_way_round_the_second_step(client, person):
    sign_in(client, person.email)
    switch_on_totp(client)
    browser = Client()
    browser.post(reverse("account_request_login_code"), {"email": person.email})
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", mail.outbox[-1].body, re.MULTILINE)[1]
    answer = browser.post(reverse("account_confirm_login_code"), {"code": code})
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not signed_in(browser)


def test_a_recovery_code_lets_in_once(client, person):
    sign_in(client, person.email)
    switch_on_totp(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10
    for expected in (True, False):
        browser = Client()
        sign_in(browser, person.email)
        browser.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert signed_in(browser) is expected


def test_secrets_are_encrypted_in_the_database(client, person, settings):
    sign_in(client, person.email)
    secret = switch_on_totp(client)
    kept = {one.type: one.data for one in Authenticator.objects.filter(user=person)}
    assert secret not in str(kept)
    adapter = EncryptedSecrets()
    assert adapter.decrypt(kept["totp"]["secret"]) == secret
    replaced, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    with pytest.raises(InvalidToken):
        adapter.decrypt(kept["totp"]["secret"])
    settings.SECRET_KEY_FALLBACKS = [replaced]
    assert adapter.decrypt(kept["totp"]["secret"]) == secret


def test_who_is_signed_in_proves_it_again_before_the_way_in_changes(client, person):
    """For an open session may be in somebody else's hands."""
    sign_in(client, person.email)
    for name, data in (
        ("mfa_activate_totp", {"code": "000000"}),
        ("mfa_add_webauthn", {}),
        ("account_email", {"email": "thief@example.com", "action_add": ""}),
    ):
        assert (
            client.post(reverse(name), data).headers["Location"].startswith(reverse("account_reauthenticate"))
        )
    assert not EmailAddress.objects.filter(email="thief@example.com").exists()


def test_another_browser_is_signed_out(client, person):
    other = Client(HTTP_USER_AGENT=FIREFOX)
    sign_in(client, person.email)
    sign_in(other, person.email)
    assert "Firefox on Windows" in client.get(reverse("usersessions_list")).content.decode()
    session = UserSession.objects.get(user_agent=FIREFOX)
    client.post(reverse("end-session", args=[session.pk]))
    assert signed_in(client)
    assert not signed_in(other)


def test_nobody_signs_out_somebody_else(client, person):
    sign_in(client, person.email)
    session = UserSession.objects.get()
    thief = Client()
    thief.force_login(UserFactory())
    assert thief.post(reverse("end-session", args=[session.pk])).status_code == 404
    assert signed_in(client)


def test_a_new_password_signs_every_other_browser_out(client, person):
    other = Client()
    sign_in(client, person.email)
    sign_in(other, person.email)
    new = "another horse battery"
    client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert signed_in(client)
    assert not signed_in(other)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (EDGE, "Edge on macOS"),
        (CHROME, "Chrome on Android"),
        ("curl/8", "A browser"),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(user_agent, name):
    assert browser_name(user_agent) == name
