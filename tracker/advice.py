"""What to do about a gap, in a sentence or two. Pure: the stored figures in, words out."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curriculum.conditions import Group, Leaf, Node, in_words

from . import wording
from .evaluation.compare import share_of
from .intervals import flawless_to_reach, units_to_prove
from .measures import get_measure
from .measures.audits import unit_words
from .models import Certainty, Status

# What one does, or logs, to get anywhere; by measure. `wanted` is what is missing, `unit` what the method counts.
FIRST_STEP = {
    "apprentice": gettext_lazy("Log on the credential the day on which the apprentice status is removed."),
    "attainment": gettext_lazy(
        "Confirm your target in charts an hour in your settings, and log your charts with the hours they took."
    ),
    "audit_accuracy": gettext_lazy(
        "Log your audit results: how many %(unit)s were reviewed, and how many were correct."
    ),
    "audit_accuracy_sustained": gettext_lazy("Log the audit results of every year, with their counts."),
    "audit_work": gettext_lazy("Volunteer for an audit as reviewer, and log it."),
    "ce_cycles": gettext_lazy("Log until when your credentials are valid."),
    "ce_pace": gettext_lazy("Log the hours you have earned, or plan some."),
    "charts_coded": gettext_lazy("Log the charts you code."),
    "claim_outcomes": gettext_lazy("Log the rate with its definition and period."),
    "contributions": gettext_lazy("Log %(wanted)s, with a line on what you did."),
    "credentials": gettext_lazy("Earn %(wanted)s, then log it. If you hold it already, log it now."),
    "credentials_lapsed": gettext_lazy("Log your credentials, and until when they are valid."),
    "current_role": gettext_lazy("Log the position once you hold it."),
    "education": gettext_lazy("Log the program once you have completed it."),
    "employer_switch": gettext_lazy("Log your positions, each with its kind of employer."),
    "experience_years": gettext_lazy("Log your positions, each with the role that comes closest."),
    "metric_kinds": gettext_lazy("Log your charts, your audit results or the rates of your claims."),
    "months_logged": gettext_lazy("Log them month by month, even if your employer does not report them."),
    "people_led": gettext_lazy("Log the position with the number of people you lead."),
    "positions": gettext_lazy("Log your positions, each with the role that comes closest."),
    "practicum": gettext_lazy("Log your practicum, with its cases and the accuracy your instructor tracked."),
    "skills": gettext_lazy(
        "Add %(wanted)s to your skills, with what shows it: a course, a project, daily use."
    ),
    "specialty_months": gettext_lazy("Log since when you have worked in your specialty."),
    "specialty_share": gettext_lazy("Log your charts with their specialty."),
    "target_role": gettext_lazy("Choose a target role on the ladder."),
    "track_chosen": gettext_lazy("Choose your track in your settings."),
}
# How to go on, where that is not the first step once more.
NEXT_STEP = {
    "audit_accuracy_sustained": gettext_lazy("The years are counted back from today."),
    "ce_pace": gettext_lazy("Log what else you have earned, or plan more."),
    "experience_years": gettext_lazy("The rest comes with time."),
    "metric_kinds": gettext_lazy("Log another: charts, audit results or the rates of your claims."),
    "practicum": gettext_lazy("Log the rest of your cases."),
    "skills": gettext_lazy("Add what is missing, with what shows it."),
}
# A percentage, of what.
PERCENT_OF = {
    "attainment": gettext_lazy("%(value)s of your target"),
    "ce_pace": gettext_lazy("%(value)s of the hours due by today"),
    "specialty_share": gettext_lazy("%(value)s of your charts in one specialty"),
}
WHEN_MET = {
    "ce_pace": gettext_lazy("On pace. Keep logging hours as you earn them."),
    "credentials_lapsed": gettext_lazy("Nothing has lapsed. Renew in time, and it stays so."),
    "target_role": gettext_lazy("Your choice. You can change it in your settings."),
    "track_chosen": gettext_lazy("Your choice. You can change it in your settings."),
}


@dataclass(frozen=True)
class Figures:
    """The figures of one condition as they are stored on a gap or in one of its parts."""

    status: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    lower: float | None = None
    design_effect: float | None = None
    lacking: dict | None = None
    parts: tuple = ()

    @classmethod
    def of(cls, data) -> "Figures":
        """From a gap, or from the JSON of a part."""
        get = data.get if isinstance(data, dict) else lambda name, default=None: getattr(data, name, default)
        names = ("status", "value", "numerator", "denominator", "lower", "design_effect", "lacking")
        parts = tuple(cls.of(part) for part in get("parts") or ())
        return cls(**{name: get(name) for name in names}, parts=parts)

    @property
    def is_sample(self) -> bool:
        """Whether counts were drawn from something larger, so that more of them would say more."""
        return self.lower is not None

    @property
    def counts(self) -> str:
        return wording.counts(self.numerator, self.denominator)


def advise(node: Node, figures: Figures, certainty: str) -> str:
    """What to do next, in one sentence or two."""
    if figures.status == Status.NOT_APPLICABLE:
        return _("Not asked of you now.")
    if figures.status == Status.WAIVED:
        return _("Waived: nothing to do.")
    if figures.status == Status.MET:
        return _when_met(node, figures, certainty)
    if isinstance(node, Group):
        return _for_group(node, figures)
    if figures.status == Status.LAPSED:
        return _when_lapsed(node)
    return _for_leaf(node, figures, certainty)


# --- Met ---


def _when_met(node: Node, figures: Figures, certainty: str) -> str:
    if isinstance(node, Leaf) and node.measure == "audit_accuracy" and figures.is_sample:
        return _when_accurate(node, figures, certainty)
    if isinstance(node, Leaf) and node.measure in WHEN_MET:
        return str(WHEN_MET[node.measure])
    if certainty == Certainty.PROVEN:
        return _("Met, and shown by imported or verified records.")
    if certainty == Certainty.SUPPORTED:
        return _("Met, by imported or verified records. More of them would prove it.")
    return _("Met by what you logged yourself. Imported or verified records would be proof.")


def _when_accurate(leaf: Leaf, figures: Figures, certainty: str) -> str:
    said = {
        "target": wording.target(leaf),
        "rate": wording.amount(leaf, figures.value),
        "counts": figures.counts,
    }
    if certainty == Certainty.PROVEN:
        return _("Proven: with 95%% confidence you are at %(target)s or above (%(counts)s).") % said
    need = units_to_prove(
        int(figures.numerator), int(figures.denominator), share_of(leaf), figures.design_effect or 1.0
    )
    said["units"] = unit_words(leaf.params["method"])
    if need is None:
        return (
            _("Met at %(rate)s (%(counts)s). So near to %(target)s, only a higher rate can be proven.") % said
        )
    if need == 0:
        return (
            _("%(counts)s %(units)s are enough to prove it, once they are all imported or verified.") % said
        )
    said["more"] = wording.more(need, said["units"])
    text = _("%(more)s audited at your present %(rate)s (%(counts)s) would prove it.") % said
    if certainty != Certainty.SUPPORTED:
        text += " " + _("For proof the audits must be imported or verified.")
    return text


# --- Not met ---


def _when_lapsed(leaf: Leaf) -> str:
    if leaf.measure == "credentials":
        return _("What you held is not active any more. Renew it, and log until when it is valid.")
    said = {"months": leaf.months, "step": _first_step(leaf)}
    if leaf.months:
        return _("You met this once, but nothing of the last %(months)s months shows it. %(step)s") % said
    return _("You met this once, but nothing on record shows it now. %(step)s") % said


def _first_step(leaf: Leaf) -> str:
    method = leaf.params.get("method")
    return str(FIRST_STEP[leaf.measure]) % {
        "wanted": get_measure(leaf.measure).wanted(leaf), "unit": unit_words(method) if method else "",
    }  # fmt: skip


def _for_group(node: Group, figures: Figures) -> str:
    """The missing parts of an "all of"; of alternatives, the one that is nearest."""
    pairs = [(c, f) for c, f in zip(node.of, figures.parts, strict=False) if f.status != Status.MET]
    if not pairs:
        return ""
    child, part = min(pairs, key=lambda pair: _distance(pair[1]))
    still = node.n - (len(node.of) - len(pairs))
    said = {"n": still, "way": in_words(child), "step": advise(child, part, Certainty.NONE)}
    once = _("You met this once.") + " " if figures.status == Status.LAPSED else ""
    if len(pairs) == still:
        text = _("%(n)s parts are missing. Begin with %(way)s. %(step)s")
        return once + (text if still > 1 else _("What is missing is %(way)s. %(step)s")) % said
    if still > 1:
        return once + _("%(n)s more are needed, such as %(way)s. %(step)s") % said
    if part.value is None:
        return once + _("There are several ways. %(step)s") % said
    if isinstance(child, Leaf) and child.unit == "percent":
        return once + _("There are several ways; this is the nearest. %(step)s") % said
    return once + _("The nearest of several ways is %(way)s. %(step)s") % said


def _distance(part: Figures) -> tuple:
    order = [Status.CLOSE, Status.OPEN, Status.NO_EVIDENCE]
    return order.index(part.status) if part.status in order else 0, part.value is None


def _for_leaf(leaf: Leaf, figures: Figures, certainty: str) -> str:
    if figures.value is None:
        if certainty == Certainty.REPORTED:
            return _(
                "Your audits give percentages without counts, which cannot be pooled. Add how many %(units)s were "
                "reviewed and how many were correct."
            ) % {"units": unit_words(leaf.params["method"])}
        return _first_step(leaf)
    if figures.lacking:
        return _until_enough(leaf, figures)
    if leaf.measure == "audit_accuracy":
        return _until_accurate(leaf, figures)
    if leaf.measure == "credentials_lapsed":
        return _("Renew what has lapsed (%(value)s), and log until when it is valid.") % {
            "value": wording.amount(leaf, figures.value)
        }
    if not leaf.unit:
        return _first_step(leaf)
    return _until_reached(leaf, figures)


def _until_enough(leaf: Leaf, figures: Figures) -> str:
    measure = get_measure(leaf.measure)
    units = {unit: measure.unit_words(unit, leaf.params) for unit in figures.lacking}
    if leaf.measure == "audit_accuracy_sustained":
        short = wording.joined([wording.units(n, units[unit]) for unit, n in figures.lacking.items()])
        return _("Too little was audited in one of the years: %(short)s short.") % {"short": short}
    missing = wording.joined([wording.more(n, units[unit]) for unit, n in figures.lacking.items()])
    return _("So far %(value)s. It takes %(missing)s before it counts.") % {
        "value": _value(leaf, figures), "missing": missing,
    }  # fmt: skip


def _value(leaf: Leaf, figures: Figures) -> str:
    """The value with its unit, or of what it is a percentage, and the counts behind it."""
    value = wording.amount(leaf, figures.value)
    if leaf.measure in PERCENT_OF:
        value = str(PERCENT_OF[leaf.measure]) % {"value": value}
    return f"{value} ({figures.counts})" if figures.counts else value


def _until_accurate(leaf: Leaf, figures: Figures) -> str:
    need = flawless_to_reach(int(figures.numerator), int(figures.denominator), share_of(leaf))
    said = {
        "value": wording.amount(leaf, figures.value), "counts": figures.counts, "target": wording.target(leaf),
    }  # fmt: skip
    if need is None or need > 20 * figures.denominator:
        return _("You are at %(value)s (%(counts)s); %(target)s is asked.") % said
    said["need"] = wording.units(need, unit_words(leaf.params["method"]))
    return (
        _("You are at %(value)s (%(counts)s): %(need)s without an error would lift you to %(target)s.") % said
    )


def _until_reached(leaf: Leaf, figures: Figures) -> str:
    step = str(NEXT_STEP[leaf.measure]) if leaf.measure in NEXT_STEP else _first_step(leaf)
    said = {"value": _value(leaf, figures), "target": wording.target(leaf), "step": step}
    if leaf.unit != "percent":
        said["value"] = wording.figure(leaf, figures.value)
        if leaf.comparator == ">=":
            return _("%(value)s of %(target)s so far. %(step)s") % said
    if leaf.measure == "ce_pace":
        return _("You are at %(value)s. %(step)s") % said
    return _("You are at %(value)s; %(target)s is asked.") % said
