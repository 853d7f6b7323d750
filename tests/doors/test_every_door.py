"""Every page and every operation of the API, as everybody there is: who gets in, and who finds nothing.

The addresses come from the URL configuration, who gets in from table.py, the people from tests/world.py.
"""

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from tests.world import MARK
from tracker.models import ApiToken, Scope
from tracker.services.tokens import create_token

from .table import OPERATIONS, PAGES, door_of

# Not ours: the admin and the account pages of their libraries, which test them; mail that only development shows.
LIBRARIES = ("admin/", "accounts/", "mail/")
OURS_AMONG_THEM = {"end-session"}
SIGN_IN = ("/accounts/login/", "/accounts/reauthenticate/")
# Who may see what Olga shares with them, on pages of their own.
SHARED_WITH = {"manager", "instructor"}


def addresses(resolver=None, path="", namespace=""):
    """Every address of the site by its full name: {name: pattern}."""
    found = {}
    for entry in (resolver or get_resolver()).url_patterns:
        here = path + str(entry.pattern)
        if not isinstance(entry, URLPattern):
            name = f"{entry.namespace}:" if entry.namespace else ""
            found |= addresses(entry, here, namespace + name)
        elif not here.startswith(LIBRARIES) or entry.name in OURS_AMONG_THEM:
            found[f"{namespace}{entry.name}"] = entry
    return found


ADDRESSES = addresses()
PAGE_NAMES = [name for name in ADDRESSES if not name.startswith("api:")]
OPERATION_NAMES = [name for name in ADDRESSES if name.startswith("api:")]


def test_every_address_says_for_whom_it_is():
    missing = [name for name in PAGE_NAMES if door_of(name, PAGES) is None]
    missing += [name for name in OPERATION_NAMES if door_of(name, OPERATIONS) is None]
    assert missing == [], "Say in tests/doors/table.py for whom they are."


def test_no_line_is_about_an_address_that_is_gone():
    for names, doors in ((PAGE_NAMES, PAGES), (OPERATION_NAMES, OPERATIONS)):
        used = {door_of(name, doors) for name in names}
        assert [door.names for door in doors if door not in used] == []


def test_every_page_opens_to_whom_it_is_for_and_to_nobody_else(world):
    wrong = []
    for who, user in [*world.users.items(), ("nobody", None)]:
        client = signed_in(user)
        for name in PAGE_NAMES:
            door = door_of(name, PAGES)
            url = url_of(world, name, door)
            for method in ("get", "post"):
                response = ask(client, method, url)
                said = verdict(response, who, door)
                # Which methods there are is the same for everybody, and says nothing.
                if said and not (response.status_code == 405 and user):
                    wrong.append(f"{who}: {method.upper()} {name}: {said}")
    assert not wrong, "\n".join(wrong)


def test_every_operation_answers_whom_it_is_for_and_nobody_else(world):
    wrong = []
    for who, user in [*world.users.items(), ("nobody", None)]:
        client = signed_in(user)
        for name, method, door, url in operations(world):
            if said := verdict(ask(client, method, url), who, door, api=True):
                wrong.append(f"{who}: {method.upper()} {name}: {said}")
    assert not wrong, "\n".join(wrong)


def test_a_token_opens_what_its_scopes_say_and_only_while_it_holds(world):
    keys = {scope: key(world, [scope, Scope.WRITE]) for scope in Scope.values if scope != Scope.WRITE}
    reading = key(world, [scope for scope in Scope.values if scope != Scope.WRITE])
    others = {scope: key(world, [one for one in Scope.values if one != scope]) for scope in keys}
    expired, revoked = key(world), key(world)
    ApiToken.objects.filter(token_key=expired[:15]).update(expiry=timezone.now())
    ApiToken.objects.filter(token_key=revoked[:15]).delete()
    client, wrong = Client(raise_request_exception=False), []

    def expect(code, what, token):
        response = ask(client, method, url, headers={"Authorization": f"Bearer {token}"})
        if response.status_code != code:
            wrong.append(f"{what}: {method.upper()} {name}: {response.status_code}")

    for name, method, door, url in operations(world):
        expect(401, "expired", expired)
        expect(401, "revoked", revoked)
        expect(401, "invented", "cpath_" + "a" * 64)
        if method != "get":
            expect(403, "without the scope to write", reading)
        if door.scope:
            expect(door.without_scope, f"without {door.scope}", others[door.scope])
        enough = keys[door.scope or Scope.PAY]
        response = ask(client, method, url, headers={"Authorization": f"Bearer {enough}"})
        if said := verdict(response, "owner", door, api=True):
            wrong.append(f"with {door.scope}: {method.upper()} {name}: {said}")
    assert not wrong, "\n".join(wrong)


def key(world, scopes=None) -> str:
    _token, text = create_token(world.owner.user, name="door", scopes=scopes or list(Scope.values), days=30)
    return text


def operations(world):
    """Yield (name, method, door, address) of every operation."""
    for name in OPERATION_NAMES:
        callback, door = ADDRESSES[name].callback, door_of(name, OPERATIONS)
        url = url_of(world, name, door)
        methods = getattr(callback, "actions", None) or {
            method for method in callback.cls.http_method_names if hasattr(callback.cls, method)
        }
        for method in sorted(set(methods) - {"head", "options"}):
            yield name, method, door, url


def verdict(response, who, door, api=False) -> str:
    """What is wrong with an answer; empty where it is as declared."""
    code = response.status_code
    to_sign_in = code == 302 and response.url.startswith(SIGN_IN[0])
    acting = response.wsgi_request.method != "GET"
    opened = (code < 400 and not to_sign_in) or code in (400, 405, 406, 409, 412, 415, 422)
    may_see = door.without_account or door.by_link or who in SHARED_WITH | {"owner"}
    if not may_see and code == 200 and MARK in body(response):
        return "shows what is Olga’s"
    if who == "nobody" and not door.without_account:
        fits = code == 401 if api else to_sign_in
    elif who == "nobody" or who in door.who:
        fits = code == 404 if acting and door.acts is not None and who not in door.acts else opened
    else:
        fits = code == (403 if who in door.sees else 404)
    return "" if fits else str(code)


def body(response) -> str:
    return "" if response.streaming else response.content.decode(errors="replace")


def signed_in(user) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def ask(client, method, url, **more):
    """The answer; whatever was changed is taken back."""
    with transaction.atomic():
        sent = {} if method == "get" else {"data": {}}
        if url.startswith("/api/") and method != "get":
            sent["content_type"] = "application/json"
        response = getattr(client, method)(url, **sent, **more)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def url_of(world, name, door) -> str:
    return reverse(name, args=list(arguments(world, name, door.args)))


def arguments(world, name, text):
    for word in text.split():
        if word.startswith("'"):
            yield word[1:]
        elif word == "*":
            view = ADDRESSES[name].callback.cls
            row = view.queryset.first()
            yield getattr(row, view.lookup_field) if row else "none-yet"
        else:
            thing = world
            for part in word.split("."):
                thing = thing[part] if isinstance(thing, dict) else getattr(thing, part)
            yield getattr(thing, "pk", thing)
