"""A passkey from registration to sign-in, in a real browser with a virtual device, under the content security policy."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.factories import CoderFactory

from .conftest import watch

PASSWORD = "correct horse battery"


@pytest.fixture
def person(site):
    user = CoderFactory().user
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def device(browser, site):
    """A page of a browser that has a telephone with a fingerprint, so to speak."""
    context = browser.new_context(base_url=site.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    complaints = watch(page)
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    options |= dict.fromkeys(("hasResidentKey", "hasUserVerification", "isUserVerified"), True)
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    context.close()
    assert complaints == []


def test_a_passkey_is_added_and_then_is_all_it_takes(device, person):
    device.goto("/accounts/login/")
    device.get_by_label("Email").fill(person.email)
    device.get_by_label("Password").fill(PASSWORD)
    device.get_by_role("button", name="Sign in", exact=True).click()
    expect(device.get_by_role("heading", level=1)).to_be_visible()
    device.goto("/accounts/2fa/webauthn/add/")
    device.get_by_label("Password").fill(PASSWORD)  # proves it again
    device.get_by_role("button", name="Confirm").click()
    device.get_by_label("Name").fill("telephone")
    device.get_by_label("Passwordless").check()
    device.get_by_role("button", name="Add it").click()
    expect(device.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert Authenticator.objects.filter(user=person, type="webauthn").count() == 1

    device.goto("/accounts/logout/")
    device.get_by_role("main").get_by_role("button", name="Sign out").click()
    device.goto("/accounts/login/")
    device.get_by_role("button", name="Sign in with a passkey").click()
    expect(device.locator("details.menu")).to_be_visible()
    device.goto("/accounts/sessions/")
    expect(device.get_by_text("this browser")).to_be_visible()
