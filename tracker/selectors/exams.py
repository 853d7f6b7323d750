"""What planned exams say to the gaps that ask for credentials, in the advice; and that one exam may close several."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from curriculum.conditions import Leaf
from curriculum.legacy import legacy_slugs
from tracker import wording
from tracker.measures.base import listed
from tracker.models import Status
from tracker.outlook.exams import CREDENTIALS, Chances, Exam, planned

if TYPE_CHECKING:
    from .evaluated import Evaluated
    from .gaps import GapLine

OPEN = (Status.NO_EVIDENCE, Status.OPEN, Status.CLOSE)


def with_exams(state: "Evaluated", lines: dict[int, "GapLine"]) -> dict[int, "GapLine"]:
    """The same lines, with what is planned in their advice. One query, none where no credential is open."""
    wanted = {m: leaf for m, line in lines.items() if (leaf := _credential(line)) and line.status in OPEN}
    if not wanted or state.is_past:
        return lines
    exams = planned(np.array([state.coder.pk]), Chances({})).get(0, [])
    changed = {}
    for milestone, leaf in wanted.items():
        exam = next((exam for exam in exams if exam.fits(leaf)), None)
        text = _planned(exam, state.as_of) if exam else lines[milestone].advice
        others = _closed_along(milestone, leaf, exam, wanted)
        names = wording.joined([f"“{lines[other].name}”" for other in others])
        if others:
            text += " " + _("The same exam closes %(others)s, too.") % {"others": names}
        changed[milestone] = replace(lines[milestone], advice=text)
    return lines | changed


def _credential(line: "GapLine") -> Leaf | None:
    needs = line.gap.milestone_version.rule.needs
    return needs if isinstance(needs, Leaf) and needs.measure == CREDENTIALS else None


def _planned(exam: Exam, today) -> str:
    said = {"code": exam.certification.upper(), "day": date_format(exam.day, "F j, Y")}
    if exam.day < today:
        return _("Your %(code)s exam was planned for %(day)s. Log how it went, or a new day.") % said
    return _("You plan the %(code)s exam for %(day)s. Log the credential once you have it.") % said


def _closed_along(milestone: int, leaf: Leaf, exam: Exam | None, wanted: dict[int, Leaf]) -> list[int]:
    """Other gaps for one credential that the planned exam closes as well; without one, those that every exam for this gap
    would, or that share one with it by name."""
    if leaf.target != 1:
        return []
    others = {m: other for m, other in wanted.items() if m != milestone and other.target == 1}
    if exam:
        return [m for m, other in others.items() if exam.fits(other)]
    named = _open_to_all(leaf)
    return [m for m, other in others.items() if named and named <= _open_to_all(other)]


def _open_to_all(leaf: Leaf) -> set[str]:
    """The certifications named, without apprentice forms and those that nobody is sent to; none where families are."""
    if listed(leaf, "families") or leaf.params.get("beyond_first"):
        return set()
    return {slug for slug in listed(leaf, "any_of") if not slug.endswith("-a") and slug not in legacy_slugs()}
