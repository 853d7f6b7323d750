"""Who may open which page, and what no page may contain: checked on every address there is."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import coderpath_site
from tests.factories import RECORD_FACTORIES, PayFactory, UserFactory
from tracker.models import Coder

# What is behind a link that a coder gave away needs the link and no account.
BY_LINK = {"shared", "shared_pdf", "shared_packet", "stop_reminders"}
FOR_STRANGERS = {"landing", "glossary", "calendar_feed", *BY_LINK}
ONLY_BY_POST = {
    "link_close",
    "record_restore",
    "pay_remove",
    "pay_restore",
    "archive_download",
    "calendar_end",
    "choose_target",
    "dispute_withdraw",
    "token_revoke",
    "team_remove",
    "invitation_withdraw",
    "manager_end",
    "share_leave",
    "question_answered",
}
ONLY_BY_POST |= {"plan_save", "plan_rename", "plan_delete", "pin_hours", "proof_remove"}
ONLY_BY_POST |= {"import_commit", "import_cancel", "import_undo", "import_forget"}
# Before the coder exists there is nothing else to see, but for what belongs to the account.
FIRST = {"landing", "glossary", "start", "onboarding", "calendar_feed", "tokens", "account_delete", *BY_LINK}
# Somebody may manage a team, or be asked into one, without being a coder.
NOT_FOR_CODERS = {"invitation", "teams", "disputes", "dispute", "proof"}
ACCOUNT_PAGES = (
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_reset_password",
    "account_reset_password_done",
)
OWN_ACCOUNT_PAGES = (
    "account_logout",
    "account_email",
    "account_set_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "usersessions_list",
)


class Inline(HTMLParser):
    """Finds what the content security policy would refuse."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self._script_without_source = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "style" or "style" in given:
            self.found.append(self.get_starttag_text())
        self.found += [name for name in given if re.match(r"on[a-z]", name)]
        self.found += [value for value in given.values() if (value or "").strip().startswith("javascript:")]
        is_script = tag == "script" and given.get("type") != "application/json"  # data, which no browser runs
        self._script_without_source = is_script and "src" not in given
        sources = [given.get("src"), given.get("href") if tag == "link" else None]
        self.found += [source for source in sources if (source or "").startswith(("http:", "https:", "//"))]

    def handle_data(self, data):
        if self._script_without_source and data.strip():
            self.found.append(f"<script>{data}")


def assert_keeps_the_policy(response):
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert Inline(response.content.decode()).found == []


def readable(addresses):
    return {name: url for name, url in addresses.items() if name not in ONLY_BY_POST}


def test_every_page_keeps_the_content_security_policy(site, addresses):
    for name, url in readable(addresses).items():
        response = site.get(url)
        assert response.status_code in (200, 286, 302), name
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            assert_keeps_the_policy(response)


@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_pages_of_signing_in_keep_the_content_security_policy(client, db, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert_keeps_the_policy(response)


@pytest.mark.parametrize("name", OWN_ACCOUNT_PAGES)
def test_pages_of_ones_account_keep_the_content_security_policy(site, name):
    response = site.get(reverse(name), follow=True)
    assert response.status_code == 200
    assert_keeps_the_policy(response)


def test_errors_are_pages_of_the_site(site, client_class, settings):
    settings.DEBUG = False
    response = site.get("/nothing-here/")
    assert response.status_code == 404
    assert_keeps_the_policy(response)
    assert "There is nothing here" in response.content.decode()


def test_a_broken_page_says_so_without_leaning_on_anything(site, settings, monkeypatch):
    monkeypatch.setattr("tracker.views.records.recent_records", lambda *args, **kwargs: 1 / 0)
    site.raise_request_exception = False
    response = site.get(reverse("tracker:records"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
    assert Inline(response.content.decode()).found == []


def test_a_form_without_its_token_is_explained(client_class, coder):
    browser = client_class(enforce_csrf_checks=True)
    browser.force_login(coder.user)
    response = browser.post(reverse("tracker:settings"), {"full_name": "Somebody Else"})
    assert response.status_code == 403
    assert "This form has gone stale" in response.content.decode()
    coder.user.refresh_from_db()
    assert coder.user.full_name != "Somebody Else"


def test_strangers_are_sent_to_the_sign_in(client, addresses):
    for name, url in addresses.items():
        response = client.get(url)
        if name in FOR_STRANGERS:
            assert response.status_code == 200, name
        else:
            assert response.status_code == 302, name
            assert response.url.startswith(reverse("account_login")), name


def test_somebody_without_a_profile_is_welcomed_first(client, addresses):
    client.force_login(UserFactory())
    for name, url in readable(addresses).items():
        if name.startswith("team_") or name == "team":
            assert client.get(url).status_code == 404, name
        elif name not in FIRST | NOT_FOR_CODERS:
            response = client.get(url)
            assert (response.status_code, response.headers.get("Location")) == (302, "/welcome/"), name


def test_what_changes_something_is_not_a_link(site, addresses):
    for name in ONLY_BY_POST:
        assert site.get(addresses[name]).status_code == 405, name


# DECLARE opens PostgreSQL's cursor over a SELECT, which is all that it can open one over.
READS = ("SELECT", "(SELECT", "PRAGMA", "WITH", "DECLARE")


def test_reading_writes_nothing(site, addresses):
    for name, url in readable(addresses).items():
        if name in ("calendar_feed", *BY_LINK):
            continue  # their owner is told when they were read
        with CaptureQueriesContext(
            connection,
        ) as queries:
            site.get(url)
        writes = [query["sql"] for query in queries if not query["sql"].startswith(READS)]
        assert writes == [], name


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_a_strangers_record_is_not_there(other_site, records, kind):
    args = [kind, records[kind].pk]
    for name in ("record_edit", "record_history", "record_remove"):
        assert other_site.get(reverse(f"tracker:{name}", args=args)).status_code == 404, name
    for name in ("record_edit", "record_remove", "record_restore"):
        assert other_site.post(reverse(f"tracker:{name}", args=args)).status_code == 404, name
    records[kind].refresh_from_db()
    assert records[kind].removed_at is None


def test_a_strangers_pay_is_not_there(other_site, coder):
    pay = PayFactory(coder=coder)
    assert other_site.get(reverse("tracker:pay_edit", args=[pay.pk])).status_code == 404
    assert other_site.post(reverse("tracker:pay_edit", args=[pay.pk])).status_code == 404
    assert other_site.post(reverse("tracker:pay_remove", args=[pay.pk])).status_code == 404
    assert other_site.post(reverse("tracker:pay_restore", args=[pay.pk])).status_code == 404
    assert "58,000" not in other_site.get(reverse("tracker:pay")).content.decode()
    pay.refresh_from_db()


def test_an_unknown_kind_is_not_there(site):
    for name in ("records_kind", "record_add"):
        assert site.get(reverse(f"tracker:{name}", args=["pay"])).status_code == 404
        assert site.get(reverse(f"tracker:{name}", args=["nonsense"])).status_code == 404


def test_the_front_page_of_somebody_signed_in_is_the_dashboard(site):
    assert site.get("/").headers["Location"] == reverse("tracker:dashboard")


def test_looking_at_the_welcome_makes_no_coder(client, db):
    client.force_login(UserFactory())
    assert client.get(reverse("tracker:onboarding")).status_code == 200
    assert not Coder.objects.exists()


def test_an_administrator_is_offered_a_choice_instead_of_the_welcome(client, db):
    client.force_login(UserFactory(is_staff=True))
    page = client.get(reverse("tracker:dashboard"), follow=True)
    assert page.redirect_chain[-1][0] == reverse("tracker:start")
    assert "To the administration" in page.content.decode()
    assert not Coder.objects.exists()


def test_the_glossary_is_for_everybody(client, catalogue):
    page = client.get(reverse("tracker:glossary")).content.decode()
    assert 'id="interval"' in page and "Code-over-code accuracy" in page


def test_what_scrolls_can_be_scrolled_by_keyboard():
    templates = Path(coderpath_site.__file__).parent.joinpath("templates").rglob("*.html")
    assert [t.name for t in templates if '<div class="scroll">' in t.read_text(encoding="utf-8")] == []
