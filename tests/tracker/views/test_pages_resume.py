"""The résumé, the packet, and links to them."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from curriculum.models import Role
from tests.factories import (
    ApprenticeCertificationFactory,
    AuditFactory,
    CredentialFactory,
    PayFactory,
    SkillShownFactory,
    VolumeFactory,
    WorkTypeFactory,
)
from tracker.models import LinkPart, ResumeBullet, ShareLink, ShareOpening
from tracker.services.evaluation import evaluate_if_stale
from tracker.services.resume import create_link

RESUME, LINES, LINKS = (reverse(f"tracker:{name}") for name in ("resume", "resume_edit", "resume_links"))


@pytest.fixture
def logged(coder):
    emergency = WorkTypeFactory(slug="emergency", name="Emergency department")
    day = coder.today() - dt.timedelta(days=30)
    VolumeFactory(coder=coder, work_type=emergency, starts_on=day, ends_on=day, charts=1200, minutes=900)
    AuditFactory(coder=coder, work_type=emergency, audited_on=day, scores={"code_over_code": (602, 620)})
    CredentialFactory(coder=coder)
    SkillShownFactory(coder=coder)
    PayFactory(coder=coder, amount=58_000)
    return coder


def text_of(response) -> str:
    return response.content.decode()


def test_without_a_choice_the_strongest_lines_are_suggested(site, logged):
    page = text_of(site.get(RESUME))
    assert (
        "Coded 1,200 emergency department charts at 97.0% code-over-code accuracy (95% interval 95.4–98.2%, n = 620 codes)"
        in page
    )
    assert page.index("Credentials") < page.index("Results") < page.index("ICD-10-CM")
    assert "58,000" not in page


def sent(site, **changes):
    """The form as the page has it, with changes."""
    form = site.get(LINES).context["form"]
    data = {}
    for part in form.forms:
        for name in part.fields:
            value = part[name].value()
            if value not in (None, False):
                data[part.add_prefix(name)] = value
    return {key: value for key, value in (data | changes).items() if value is not None}


def test_lines_are_chosen_and_worded_and_stay_true(site, logged):
    wording = "{charts} ED charts at {rate}"
    response = site.post(
        LINES,
        sent(
            site,
            **{
                "line-0-wording": wording,
                "line-1-chosen": None,
                "own-0-wording": "Calm in a backlog",
                "headline": "ED coder, CPC",
            },
        ),
    )
    assert response.status_code == 302
    assert "1,200 ED charts at 97.0%" in text_of(site.get(RESUME))
    AuditFactory(
        coder=logged,
        audited_on=logged.today(),
        work_type=logged.audit_records.get().work_type,
        scores={"code_over_code": (100, 100)},
    )
    page = text_of(site.get(RESUME))
    assert "1,200 ED charts at 97.5%" in page and "Calm in a backlog" in page and "ED coder, CPC" in page
    assert "Held 97" not in page


@pytest.mark.parametrize("wording", ["No figure at all", "{unknown} charts", "Of MRN 12345678: {charts}"])
def test_a_line_that_does_not_fit_saves_nothing(site, logged, wording):
    response = site.post(LINES, sent(site, **{"line-0-wording": wording}))
    assert response.status_code == 422 and "Nothing that you typed is lost" in text_of(response)
    assert not ResumeBullet.objects.exists()


def test_a_line_whose_records_are_gone_is_left_out_and_kept(site, logged):
    site.post(LINES, sent(site))
    logged.volume_records.update(counted=False)
    assert "emergency department" not in text_of(site.get(RESUME))
    assert "No record stands behind" in text_of(site.get(LINES))
    site.post(LINES, sent(site))
    logged.volume_records.update(counted=True)
    assert "1,200 emergency department" in text_of(site.get(RESUME))


def test_a_removed_apprentice_status_makes_a_cpc(site, coder):
    CredentialFactory(
        coder=coder, certification=ApprenticeCertificationFactory(), apprentice_cleared_on=coder.today()
    )
    page = text_of(site.get(RESUME))
    assert "<strong>CPC, " in page and "CPC-A" not in page


@pytest.mark.parametrize(("name", "begins"), [("resume_pdf", b"%PDF-"), ("resume_markdown", b"# ")])
def test_it_goes_along_as_a_file(site, logged, name, begins):
    response = site.get(reverse(f"tracker:{name}"))
    assert response.content.startswith(begins) and "attachment" in response.headers["Content-Disposition"]


def test_an_empty_resume_says_what_to_do(site, coder):
    assert "Nothing to say yet" in text_of(site.get(RESUME))
    assert site.get(reverse("tracker:resume_pdf")).content.startswith(b"%PDF-")


def test_the_packet_has_the_evidence(site, coder, addresses, live_worker):
    coder.target_role = Role.objects.get(slug="coding-auditor")
    coder.save()
    evaluate_if_stale(coder.pk)
    page = text_of(site.get(reverse("tracker:packet")))
    assert "Still to close" in page
    assert site.get(reverse("tracker:packet_pdf")).content.startswith(b"%PDF-")


def test_a_resume_takes_the_same_number_of_queries_with_more_records(
    site, logged, django_assert_max_num_queries
):
    VolumeFactory.create_batch(5, coder=logged)
    AuditFactory.create_batch(5, coder=logged)
    with django_assert_max_num_queries(26):
        site.get(RESUME)


# --- Links ---


@pytest.fixture
def made(logged):
    parts = [LinkPart.CREDENTIALS, LinkPart.RESULTS]
    return create_link(logged, name="Lakeside", parts=parts, days=30, by=logged.user)


def shared(token, name="shared"):
    return reverse(f"tracker:{name}", args=[token])


def test_a_link_is_made_and_shown_once(site, logged, client_class):
    page = text_of(site.post(LINKS, {"name": "Lakeside", "days": "30", "parts": ["credentials"]}))
    address = page.split("http://testserver")[1].split("<")[0]
    assert client_class().get(address).status_code == 200
    token = address.rstrip("/").rsplit("/", 1)[1]
    assert token not in text_of(site.get(LINKS)) and ShareLink.objects.get().token_digest != token


def test_a_link_shows_what_was_chosen_and_no_more(client_class, made):
    link, token = made
    response = client_class().get(shared(token))
    page = text_of(response)
    assert "Certified" in page or "CPC" in page
    assert "602" not in page and "97.0%" in page
    assert "ICD-10-CM" not in page and link.coder.user.email not in page and "58,000" not in page
    assert (
        response.headers["X-Robots-Tag"].startswith("noindex")
        and response.headers["Referrer-Policy"] == "no-referrer"
    )
    assert "no-store" in response.headers["Cache-Control"]
    assert client_class().get(shared(token, "shared_packet")).status_code == 404
    assert client_class().get(shared(token, "shared_pdf")).content.startswith(b"%PDF-")


def test_openings_are_logged_for_the_coder(site, client_class, made):
    client_class().get(shared(made[1]))
    client_class().get(shared(made[1], "shared_pdf"))
    assert [opening.what for opening in ShareOpening.objects.order_by("pk")] == ["page", "pdf"]
    assert "Opened 2 times" in text_of(site.get(LINKS))


def test_a_closed_an_ended_and_a_wrong_link_open_nothing(site, client_class, made):
    link, token = made
    assert client_class().get(shared("x" * 32)).status_code == 404
    with time_machine.travel(link.expires_at + dt.timedelta(seconds=1)):
        assert client_class().get(shared(token)).status_code == 404
    assert client_class().get(shared(token)).status_code == 200
    site.post(reverse("tracker:link_close", args=[link.pk]))
    response = client_class().get(shared(token))
    assert response.status_code == 404 and "opens nothing" in text_of(response)
    assert ShareOpening.objects.count() == 1


def test_nobody_closes_anothers_link(other_site, made):
    assert other_site.post(reverse("tracker:link_close", args=[made[0].pk])).status_code == 404
    assert "Lakeside" not in text_of(other_site.get(LINKS))


def test_searching_for_links_is_slowed_down(client_class, made):
    browser = client_class()
    answers = {browser.get(shared(f"guess-{n}")).status_code for n in range(40)}
    assert answers == {404, 429}
