"""Every page that somebody can get to by links, each kind once: what the browser tests look at.

A page's kind is its name in the URL conf, and for records its kind too, for each has a form of its own.
"""

from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve

# Not pages: files, what changes something, and what other packages draw.
LEFT_OUT_APPS = {"admin"}
LEFT_OUT = {"api-docs", "api-schema", "account_logout"}
FILES = (".pdf", ".md", ".csv", ".ics", ".xlsx", ".zip", ".json", "/download/")
KINDS_APART = {"tracker:record_add", "tracker:records_kind", "tracker:record_edit"}

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A link in a drawing has an object for its href.
LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => new URL(link.getAttribute('href'), document.baseURI).href)"


def kind_of(address: str) -> str | None:
    """The kind of page an address leads to; None for what is none of our pages."""
    path = urlsplit(address).path
    if path.endswith(FILES):
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if set(match.app_names) & LEFT_OUT_APPS or match.view_name in LEFT_OUT or not match.view_name:
        return None
    if match.view_name in KINDS_APART:
        return f"{match.view_name} {match.kwargs['kind']}"
    return match.view_name


def crawl(page, url: str, start: str = "/", known=()):
    """Yield (kind, address) with the page open at it, each kind once, those in `known` left out."""
    seen, waiting = set(known), [start]
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind is None or kind in seen or not address.startswith((url, "/")):
            continue
        seen.add(kind)
        response = page.goto(address)
        assert response.status == 200, f"{address}: {response.status}"
        landed = kind_of(page.url)  # a page may lead on to another
        if landed != kind and landed in seen:
            continue
        seen.add(landed)
        yield landed, page.url
        waiting += page.evaluate(LINKS)


def overflow(page) -> int:
    """Pixels by which the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def violations(page, **options) -> list[str]:
    """What axe finds on the page against WCAG 2.2 AA: the rule, and the elements."""
    found = Axe().run(
        page,
        options={"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"], **options},
    )
    return [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def contrast_violations(page) -> list[str]:
    """Only what differs between light and dark."""
    found = Axe().run(
        page,
        options={"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]},
    )
    return [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
