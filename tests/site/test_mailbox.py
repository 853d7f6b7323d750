"""The mail that a development copy sent holds sign-in codes: only its own machine reads it."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse


@pytest.fixture
def outbox(settings, tmp_path):
    """Mail goes to files, as it does in development."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    (tmp_path / "mail").mkdir()

    def send(*messages):
        get_connection().send_messages(
            [EmailMultiAlternatives(subject, body, to=["ada@example.org"]) for subject, body in messages]
        )

    return send


def links(client):
    response = client.get(reverse("mailbox"))
    assert response.status_code == 200
    return [
        (mail["subject"], reverse("mailbox-message", args=[mail["key"]]))
        for mail in response.context["mails"]
    ]


def test_an_empty_mailbox(client, outbox):
    assert b"Nothing has been sent yet" in client.get("/mail/").content


def test_what_was_sent_can_be_read(client, outbox):
    outbox(("Your code", "It is ABC-DEF.\nhttp://localhost:8000/accounts/"), ("Café ✓", "Zweiter"))
    found = dict(links(client))
    assert list(found) == ["Café ✓", "Your code"], "newest first"
    page = client.get(found["Your code"]).content.decode()
    assert "ABC-DEF" in page
    assert '<a href="http://localhost:8000/accounts/"' in page
    assert "ada@example.org" in page


def test_a_message_is_text_and_never_markup(client, outbox):
    outbox(("<b>bold</b>", "<script>alert(1)</script>"))
    ((_, link),) = links(client)
    for address in ("/mail/", link):
        page = client.get(address).content
        assert b"<script>" not in page
        assert b"<b>" not in page
    assert b"&lt;script&gt;" in client.get(link).content


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "10.0.0.2"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
    ],
)
def test_nobody_else_reads_it(client, outbox, headers):
    outbox(("Your code", "ABC-DEF"))
    ((_, link),) = links(client)
    assert client.get("/mail/", **headers).status_code == 404
    assert client.get(link, **headers).status_code == 404


def test_this_machine_over_ipv6(client, outbox):
    assert client.get("/mail/", REMOTE_ADDR="::1").status_code == 200


@pytest.mark.parametrize("key", ["nothing.0", "..%2fsecret-key.0", "20260101-000000-1.9"])
def test_a_name_that_is_no_message(client, outbox, key):
    outbox(("Your code", "ABC-DEF"))
    assert client.get(f"/mail/{key}/").status_code == 404


def test_production_has_no_such_page(client, outbox, settings):
    settings.PRODUCTION = True
    assert client.get("/mail/").status_code == 404
