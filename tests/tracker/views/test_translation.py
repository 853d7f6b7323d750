"""Every text of a page goes through Django's translation.

Each translated text is put in brackets while the page is made; what then stands outside of them and is not data was written
past the translation. Data are what rows say: names of milestones and roles, of people and records.
"""

import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db.models import CharField, EmailField, TextField
from django.urls import reverse
from django.utils.translation import _trans
from django.utils.translation import gettext as _

from curriculum.conditions import in_words, leaves
from curriculum.models import GlossaryTerm, MilestoneVersion

from .test_pages_access import readable

BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
ADDRESS = re.compile(r"https?://[^\s\0⟧]+")
WORDS = re.compile(r"[^\W\d_]{3,}")  # a word of three letters
ATTRIBUTES = ("title", "alt", "placeholder", "aria-label")
# Names that are the same everywhere: of the site, of formats, of what is typed and what one may search for.
NAMES = {"CoderPath", "API", "PDF", "CSV", "Markdown", "iCalendar", "ICD", "CPT", "USD"}
DATA = {"code", "option", "template", "script", "textarea"}  # what is inside is somebody's, or a row's


class Texts(HTMLParser):
    """The texts that a reader sees, and those that are read out."""

    def __init__(self, html):
        super().__init__()
        self.found, self._inside = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.found += [attributes[name] for name in ATTRIBUTES if attributes.get(name)]
        if tag in DATA:
            self._inside.append(tag)

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        if data.strip() and not self._inside:
            self.found.append(" ".join(data.split()))


@pytest.fixture
def in_brackets(monkeypatch):
    _("x")  # the functions are there from their first use on
    plain, plural, context = _trans.gettext, _trans.ngettext, _trans.pgettext
    monkeypatch.setattr(_trans, "gettext", lambda text: f"⟦{plain(text)}⟧" if text else "")
    monkeypatch.setattr(_trans, "ngettext", lambda one, many, n: f"⟦{plural(one, many, n)}⟧")
    monkeypatch.setattr(_trans, "pgettext", lambda about, text: f"⟦{context(about, text)}⟧")


def rows() -> list[str]:
    """What the rows of the database say, the longest first."""
    said = set()
    for model in apps.get_models():
        if model._meta.app_label in ("curriculum", "tracker") and not model.__name__.startswith("Historical"):
            names = [
                field.name
                for field in model._meta.concrete_fields
                if isinstance(field, CharField | TextField | EmailField)
            ]
            said |= {
                text
                for row in model.objects.values_list(*names)
                for text in row
                if isinstance(text, str) and len(text) > 2
            }
    # A definition reads as a sentence in the language of the catalogue, in which its names are, too.
    sentences = {
        in_words(node)
        for version in MilestoneVersion.objects.all()
        for node in (version.rule.needs, *leaves(version.rule.needs))
    }
    said |= sentences | {sentence[:1].upper() + sentence[1:] for sentence in sentences}
    said |= {word for term in GlossaryTerm.objects.all() for word in term.also}
    return sorted(said | NAMES, key=len, reverse=True)


def past_translation(html: str, data: list[str]) -> list[str]:
    """What is left of the texts; a translated sentence may go through several of them."""
    left = ADDRESS.sub(" ", "\0".join(Texts(html).found))
    while BRACKETED.search(left):
        left = BRACKETED.sub(" ", left)
    found = []
    for text in left.split("\0"):
        rest = text
        for known in data:
            rest = rest.replace(known, " ") if known in rest else rest
        if WORDS.search(rest):
            found.append(text)
    return found


def test_no_text_of_a_page_is_past_translation(site, addresses, in_brackets):
    data = rows()
    found = {}
    for name, address in readable(addresses).items():
        response = site.get(address)
        if response.status_code == 200 and "html" in response["Content-Type"]:
            for text in past_translation(response.content.decode(), data):
                found.setdefault(text, name)
    assert found == {}


def test_the_pages_of_strangers_neither(client, db, in_brackets):
    for name in ("tracker:landing", "account_login", "account_signup", "tracker:glossary"):
        assert past_translation(client.get(reverse(name)).content.decode(), rows()) == [], name
