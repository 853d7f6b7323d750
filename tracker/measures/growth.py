"""What was learned and given: education, practicum, skills, contributions."""

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from curriculum import words
from curriculum.conditions import COMPARATORS
from tracker.models.records import Contribution, ContributionKind, Education, Practicum, SkillShown

from .base import Column, Measure, Source, amount_of, counted, listed, measure, named, window_words, within

EDUCATION = Source("education", Education)
PRACTICUM = Source("practicum", Practicum)
SKILLS = Source("skills", SkillShown)
CONTRIBUTIONS = Source("contributions", Contribution)
WITHOUT_DEGREE = {"associate": "associate", "bachelor": "bachelor’s", "master": "master’s"}


class Counted(Measure):
    """A measure that is one filtered count or sum. A subclass says of what, by `source`, `date` and `where`."""

    source: Source
    date: str

    def where(self, leaf) -> Q:
        return Q()

    def aggregate(self, leaf, where: Q):
        return Count("pk", filter=where)

    def columns(self, leaf, as_of, attested):
        where = within(self.date, leaf.window, as_of) & self.where(leaf)
        if attested:
            where &= self.source.attested
        key = f"{self.slug}:{sorted((k, str(v)) for k, v in leaf.params.items())}:{leaf.window}:{attested}"
        return [Column(self.source, key, self.aggregate(leaf, where), where)]

    def read(self, leaf, data, attested):
        return counted(data.column(self.columns(leaf, data.as_of, attested)[0]))


@measure
class EducationCompleted(Counted):
    slug, title, unit, kind = "education", "completed programs", "programs", Education.KIND
    params = {
        "levels": tuple(level for level, _ in Education._meta.get_field("level").choices),
        "fields": tuple(name for name, _ in Education._meta.get_field("field").choices),
        "accreditations": None,
    }
    source, date = EDUCATION, "completed_on"

    def noun(self, leaf):
        levels = listed(leaf, "levels")
        degrees = [WITHOUT_DEGREE[level] for level in levels if level != "certificate"]
        what = [f"{words.joined(degrees, 'or')} degree"] if degrees else []
        if not levels or "certificate" in levels:
            what.insert(0, "certificate program" if levels else "program")
        of = f" in {named(leaf, 'fields')}" if listed(leaf, "fields") else ""
        by = f", accredited by {named(leaf, 'accreditations')}" if listed(leaf, "accreditations") else ""
        if leaf.comparator == ">=" and leaf.target == 1:
            return f"a completed {' or '.join(what)}{of}{by}"
        return amount_of(leaf, f"completed programs ({' or '.join(what)}{of}{by})", "completed program")

    def where(self, leaf):
        where = Q()
        for name, path in (
            ("levels", "level"),
            ("fields", "field"),
            ("accreditations", "accreditation__slug"),
        ):
            if chosen := listed(leaf, name):
                where &= Q(**{f"{path}__in": chosen})
        return where


@measure
class PracticumDone(Counted):
    slug, title, unit, kind = "practicum", "practicum", "cases", Practicum.KIND
    params = {"of": ("cases", "hours", "accuracy_recorded")}
    required = ("of",)
    source, date = PRACTICUM, "ends_on"

    WORDS = {
        "cases": ("practicum cases coded", "practicum case coded"),
        "hours": ("practicum hours", "practicum hour"),
        "accuracy_recorded": (
            "practicums with the accuracy your instructors tracked",
            "practicum with the accuracy your instructor tracked",
        ),
    }

    def unit_of(self, params):
        return "practicums" if params["of"] == "accuracy_recorded" else params["of"]

    def noun(self, leaf):
        return amount_of(leaf, *self.WORDS[leaf.params["of"]])

    def where(self, leaf):
        return Q(accuracy__isnull=False) if leaf.params["of"] == "accuracy_recorded" else Q()

    def aggregate(self, leaf, where):
        of = leaf.params["of"]
        return Count("pk", filter=where) if of == "accuracy_recorded" else Sum(of, filter=where)


def _is_long(names: list[str]) -> bool:
    """Whether several names are too long to be joined by commas and an "and"."""
    return len(names) > 1 and any(" and " in name or name.count(" ") > 2 for name in names)


@measure
class SkillsShown(Counted):
    slug, title, unit, kind = "skills", "skills", "skills", SkillShown.KIND
    params = {
        "any_of": None,
        "kinds": tuple(
            kind for kind, _ in SkillShown.skill.field.related_model._meta.get_field("kind").choices
        ),
    }
    source, date = SKILLS, "since"

    KINDS = {
        "technical": "technical skills",
        "soft": "soft skills",
        "code_set": "code sets you work with",
        "ehr": "EHRs you work with",
        "encoder": "encoders you work with",
        "bridge": "bridging skills",
        "transferable": "transferable skills",
    }
    ONE = {
        "technical": "technical skill",
        "soft": "soft skill",
        "code_set": "code set you work with",
        "ehr": "EHR you work with",
        "encoder": "encoder you work with",
        "bridge": "bridging skill",
        "transferable": "transferable skill",
    }

    def noun(self, leaf):
        if slugs := listed(leaf, "any_of"):
            return self._by_name(leaf, [words.name(slug) for slug in slugs])
        kinds = listed(leaf, "kinds")
        if not kinds:
            return amount_of(leaf, "skills")
        return amount_of(
            leaf,
            words.joined((self.KINDS[kind] for kind in kinds), "or"),
            words.joined((self.ONE[kind] for kind in kinds), "or"),
        )

    def wanted(self, leaf):
        names = [words.name(slug) for slug in listed(leaf, "any_of")]
        if names:
            is_all = leaf.target == len(names)
            return (
                "each of them"
                if is_all and _is_long(names)
                else words.joined(names, "and" if is_all else "or")
            )
        kinds = [words.with_article(self.ONE[kind]) for kind in listed(leaf, "kinds")]
        return words.joined(kinds, "or") or "a skill"

    def _by_name(self, leaf, skills: list[str]) -> str:
        """All of them, one of them, or a number of them. Long names stand in a list of their own."""
        if leaf.comparator != ">=":
            n = "none" if leaf.target == 0 else f"{COMPARATORS[leaf.comparator]} {words.number(leaf.target)}"
            return f"{n} of {words.joined(skills)} among your skills"
        is_all, is_any = leaf.target == len(skills), leaf.target == 1
        if _is_long(skills):
            n = "" if is_all else "one of these " if is_any else f"{words.number(leaf.target)} of these "
            return f"{n}among your skills: {'; '.join(skills)}"
        if is_all or is_any:
            return f"{words.joined(skills, 'and' if is_all else 'or')} among your skills"
        return f"{words.number(leaf.target)} of {words.joined(skills)} among your skills"

    def where(self, leaf):
        where = Q()
        if slugs := listed(leaf, "any_of"):
            where &= Q(skill__slug__in=slugs)
        if kinds := listed(leaf, "kinds"):
            where &= Q(skill__kind__in=kinds)
        return where

    def aggregate(self, leaf, where):
        return Count("skill", filter=where, distinct=True)


@measure
class Contributions(Counted):
    slug, title, unit, kind = "contributions", "contributions", "contributions", Contribution.KIND
    params = {"kinds": tuple(k.value for k in ContributionKind), "sum": ("people",)}
    required = ("kinds",)
    source, date = CONTRIBUTIONS, "done_on"

    ACTIVITIES = {
        ContributionKind.MENTORING: "mentoring coders",
        ContributionKind.CROSS_TEAM: "work with clinical or billing teams",
        ContributionKind.QUERY_PRACTICE: "querying physicians",
        ContributionKind.DENIAL_ANALYSIS: "a denial analysis",
        ContributionKind.AUDIT_METHODOLOGY: "work on audit methodology",
        ContributionKind.REGULATORY_CHANGE: "a regulatory change that you led",
        ContributionKind.STRATEGY: "strategic planning",
        ContributionKind.EXECUTIVE_COMMUNICATION: "reporting to executives",
        ContributionKind.VENDOR_MANAGEMENT: "managing a vendor",
        ContributionKind.COMMUNITY: "a membership, conference or chapter meeting",
    }

    def unit_of(self, params):
        if not params.get("sum"):
            return self.unit
        return "coders" if params.get("kinds") == [ContributionKind.MENTORING] else "people"

    def wanted(self, leaf):
        kinds = listed(leaf, "kinds")
        return words.joined((self.ACTIVITIES[ContributionKind(kind)] for kind in kinds), "or")

    def phrase(self, leaf):
        kinds, activities = listed(leaf, "kinds"), self.wanted(leaf)
        if leaf.params.get("sum"):
            if kinds == [ContributionKind.MENTORING]:
                return amount_of(leaf, "coders mentored") + window_words(leaf)
            return f"{amount_of(leaf, 'people')} helped by {activities}{window_words(leaf)}"
        if leaf.comparator == ">=" and leaf.target == 1:
            return f"{activities}, logged{window_words(leaf) or ' as a contribution'}"
        return f"{activities}, logged {amount_of(leaf, 'times')}{window_words(leaf)}"

    def where(self, leaf):
        return Q(contribution__in=listed(leaf, "kinds"))

    def aggregate(self, leaf, where):
        if leaf.params.get("sum"):
            return Sum(Coalesce("people", 1), filter=where)  # no number given: somebody was there
        return Count("pk", filter=where)
