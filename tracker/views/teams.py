"""The teams one manages: founding them, the team page, and what to do about it."""

from html import escape
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker.exports import FORMATS, table_response
from tracker.forms.teams import BoardFilter, CoverageForm, FoundForm
from tracker.permissions import managed_teams
from tracker.selectors import team_next as advice
from tracker.selectors.team_board import EMPTY, chosen_columns, chosen_rows, status_words, team_board
from tracker.services.sharing import note_access
from tracker.services.teams import found_organization, found_team, set_coverage

from .messages import say
from .scope import posted
from .team_scope import for_team

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
def teams(request):
    """The teams one manages, and a form to found one: anybody may."""
    form = FoundForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid() and (team := _founded(form, request.user)):
        say(request, _("Founded. Invite the people of %(team)s.") % {"team": team})
        return redirect("tracker:team_people", team.pk)
    mine = managed_teams(request.user).order_by("organization__name", "name")
    context = {"form": form, "teams": mine}
    return render(request, "tracker/teams/list.html", context, status=422 if form.errors else 200)


def _founded(form, user):
    given = form.cleaned_data
    try:
        with transaction.atomic():
            organization = given.get("organization") or found_organization(
                given["organization_name"], by=user
            )
            return found_team(organization, given["team_name"], by=user)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None


@require_safe
@for_team
def team(request, team):
    """People by milestones. `export` gives the same rows and columns as a file."""
    board = team_board(team, request.user.today())
    note_access(request.user, team.organization, [row.member.coder for row in board.rows], _("the team page"))
    roles = sorted({row.role for row in board.rows} - {""})
    chosen = BoardFilter(request.GET, roles=roles, columns=board.columns)
    given = chosen.chosen
    sort, down = request.GET.get("sort") or "name", request.GET.get("down") == "1"
    rows = chosen_rows(
        board, name=given["name"], role=given["role"], lacks=given["lacks"], sort=sort, down=down
    )
    columns = chosen_columns(board, given["show"])
    if (file_format := request.GET.get("export")) in FORMATS:
        return table_response(file_format, f"{team.organization} {team}", *_table(columns, rows))
    context = {
        "team": team,
        "board": board,
        "rows": [(row, _cells(row.cells.get(column.version, EMPTY) for column in columns)) for row in rows],
        "columns": columns,
        "filter": chosen,
        "sorted_by": sort,
        "down": down,
        "sorts": _sorts(request, sort, down, ["name", "readiness", *(column.slug for column in columns)]),
        "query": _query(request, without=("export",)),
        "words": status_words(),
        "tab": "board",
    }
    return render(request, "tracker/teams/board.html", context)


def _cells(cells) -> SafeString:
    """The cells of a row as HTML, put together here: a template's loop over thousands of them takes most of the page's time."""
    return mark_safe("".join(map(_cell, cells)))  # noqa: S308  every part is escaped in `_cell`


def _cell(cell) -> str:
    if not cell.status:
        return '<td class="none">–</td>'
    value = f" <small>{escape(cell.value)}</small>" if cell.value else ""
    if cell.contested:
        value += f' <span class="tag contested">{escape(_("contested"))}</span>'
    # An address of numbers and slugs holds nothing to be escaped.
    return f'<td class="s-{cell.status}"><a href="{cell.href}">{escape(cell.word)}{value}</a></td>'


def _query(request, without=(), **more) -> str:
    kept = {name: value for name, value in request.GET.items() if name not in without and value}
    return urlencode(kept | more)


def _sorts(request, sort: str, down: bool, keys) -> dict[str, str]:
    """By column, the address that sorts by it, or the other way round where it is sorted so already."""
    bare = _query(request, without=("sort", "down", "export"))
    return {
        key: "?" + "&".join(filter(None, (bare, f"sort={key}", "down=1" if key == sort and not down else "")))
        for key in keys
    }


def _table(columns, rows):
    """The board as it stands on the screen: a word for each milestone, and its value beside it."""
    head = [_("Name"), _("Job title"), _("Role"), _("The team’s target"), _("Readiness (%)")]
    for column in columns:
        head += [column.name, _("%(milestone)s: value") % {"milestone": column.name}]
    body = []
    for row in rows:
        line = [row.name, row.title, row.role, row.target, row.readiness]
        for column in columns:
            cell = row.cells.get(column.version, EMPTY)
            word = _("%(status)s, contested") % {"status": cell.word} if cell.contested else cell.word
            line += [word, cell.number]  # as it is: rounded, 94.96 would look like 95
        body.append(line)
    return head, body


@require_http_methods(FORM_METHODS)
@for_team
def team_next(request, team):
    """What to do about it; the form sets how many people with a credential the team needs."""
    form = CoverageForm(posted(request))
    if request.method == "POST" and form.is_valid():
        set_coverage(team, form.cleaned_data["certification"], form.cleaned_data["people"], by=request.user)
        say(request, _("Saved."))
        return redirect("tracker:team_next", team.pk)
    today = request.user.today()
    board = team_board(team, today)
    members = {row.member.coder_id: row.member for row in board.rows}
    note_access(
        request.user, team.organization, [m.coder for m in members.values()], _("what to do about the team")
    )
    lapses, coverage = advice.lapses(team, members, today)
    context = {
        "team": team,
        "board": board,
        "blockers": advice.blockers(board),
        "candidates": advice.candidates(board),
        "lapses": lapses,
        "coverage": coverage,
        "falls": advice.falls(team, members, board.standard.method, today),
        "form": form,
        "tab": "next",
    }
    return render(request, "tracker/teams/next.html", context, status=422 if form.errors else 200)
