"""Where files come from and whose they are: who may import for whom, and in which words a source speaks."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import Body, Certification, Specialty, WorkType
from tracker.imports.fields import Vocabulary, vocabulary
from tracker.imports.kinds import KINDS
from tracker.imports.kinds.audits import WORDS
from tracker.models import Coder, ImportBatch, ImportSource, Membership, Team
from tracker.permissions import managed_organizations, managed_teams

WORD_MODELS = {"work_type": WorkType, "specialty": Specialty, "certification": Certification, "body": Body}


def visible_batches(user):
    """The imports that a person may see: their own, and those of the organizations that they manage."""
    if not user.is_authenticated:
        return ImportBatch.objects.none()
    return ImportBatch.objects.filter(source__in=visible_sources(user).values("pk")).select_related(
        "source__organization", "source__team", "source__coder__user", "by"
    )


def visible_sources(user):
    """One's own, those of the organizations that one manages, and those of teams that one manages alone."""
    theirs = Q(organization__in=managed_organizations(user)) | Q(team__in=managed_teams(user).values("pk"))
    return ImportSource.objects.filter(Q(coder__user=user) | theirs)


def require_import(user, source: ImportSource) -> None:
    """Raise PermissionDenied where `user` may not import from a source."""
    if source.is_personal:
        allowed = source.coder.user_id == user.pk
    elif source.team_id:
        allowed = managed_teams(user).filter(pk=source.team_id, organization=source.organization_id).exists()
    else:
        allowed = managed_organizations(user).filter(organization=source.organization_id).exists()
    if not allowed:
        raise PermissionDenied("Only a manager may import for an organization or a team.")


def get_source(
    user, *, organization, coder: Coder | None, kind: str, name: str, team: Team | None = None
) -> ImportSource:
    """The source of that name, made where it is new. Raises ValidationError by field, PermissionDenied."""
    if kind not in KINDS:
        raise ValidationError({"kind": _("Choose what the file holds.")})
    name = " ".join(name.split()) or str(KINDS[kind].label)
    source = ImportSource(
        organization=organization, team=team, coder=None if organization else coder, kind=kind, name=name
    )
    if not KINDS[kind].record and source.team is None:
        source.team = _only_team(organization)
        if source.team is None:
            raise ValidationError(
                {"owner": _("Choose the team that the people of this list are invited to.")}
            )
    require_import(user, source)
    stored = find_source(organization=organization, team=source.team, coder=coder, kind=kind, name=name)
    if stored is None:
        source.full_clean()
        source.save()
    return stored or source


def find_source(*, organization, team, coder, kind: str, name: str) -> ImportSource | None:
    """The source of that name, if there is one already. A roster's team need not be named where there is one only."""
    if not KINDS[kind].record:
        team = team or _only_team(organization)
    owner = {"organization": organization, "team": team} if organization else {"coder": coder}
    return ImportSource.objects.filter(kind=kind, name__iexact=name, **owner).first()


def _only_team(organization) -> Team | None:
    teams = list(organization.teams.all()[:2]) if organization else []
    return teams[0] if len(teams) == 1 else None


def vocabulary_of(source: ImportSource | None = None) -> Vocabulary:
    """The words of the catalogue and of the kinds, and before them what was said about this source's own."""
    rows = {name: list(_names(model)) for name, model in WORD_MODELS.items()}
    known = vocabulary(**rows, **WORDS)
    words = {name: dict(found) for name, found in known.words.items()}
    for name, said in (source.words if source else {}).items():
        words.setdefault(name, {}).update(said)
    return Vocabulary(words)


def _names(model):
    for row in model.objects.all():
        yield (
            row.slug,
            (row.name, *getattr(row, "aliases", ()), *([row.code] if hasattr(row, "code") else ())),
        )


def people_of(source: ImportSource, by=None) -> dict[int, str]:
    """By coder, the name of everyone whose work a source may bring: who accepted and has not left; or the one whose log it is.

    An organization's import attests, and nobody attests their own work: whoever imports is not among them.
    """
    if source.is_personal:
        return {source.coder_id: str(source.coder)}
    members = Membership.objects.open().filter(team__organization=source.organization_id)
    if source.team_id:
        members = members.filter(team=source.team_id)
    if by is not None:
        members = members.exclude(coder__user=by)
    rows = members.values_list("coder_id", "coder__user__full_name", "coder__user__email")
    return {pk: name or email for pk, name, email in rows}


def people_of_organizations(user) -> list[str]:
    """Names of everyone on the teams that a person manages, for a sample file."""
    members = Membership.objects.open().filter(team__in=managed_teams(user).values("pk"))
    return sorted({name for name in members.values_list("coder__user__full_name", flat=True) if name})
