"""What an archive carries: every table that hangs on a coder is named here, once, or left out with a reason."""

from django.apps import apps
from django.db.models import ForeignKey, Model, OneToOneField, QuerySet

from tracker import models
from tracker.models import RECORD_MODELS, Coder, User

# In the order in which rows can be written: what points to another comes after it.
CARRIED: tuple[type[Model], ...] = (
    *RECORD_MODELS,
    models.Proof,
    models.AuditScore,
    models.Dispute,
    models.Pay,
    models.ProductivityTarget,
    models.Plan,
    models.RenewalCycle,
    models.CycleCredential,
    models.CreditPin,
    models.StepDone,
    models.Resume,
    models.ResumeBullet,
    models.Gap,
    models.GapEvent,
    models.Forecast,
)
# What only this installation may say. Without its signature it is not taken back.
SAID_BY_US = (
    models.Dispute, models.Gap, models.GapEvent, models.Forecast, models.RenewalCycle, models.CycleCredential,
    models.CreditPin,
)  # fmt: skip

LEFT = {
    models.AccessLog: "who looked, which belongs to those who did as well",
    models.AnsweredRequest: "kept for a day",
    models.ApiToken: "a way in is never copied",
    models.CalendarFeed: "a way in is never copied",
    models.Assignment: "a program's",
    models.AssignmentGap: "a program's",
    models.Certificate: "a program's, with an address of its own",
    models.CohortMessageCopy: "a program's",
    models.Enrollment: "an agreement with a program",
    models.Evaluation: "made anew from the records",
    models.Extension: "a program's",
    models.ForecastState: "made anew",
    models.ImportBatch: "how records came in; the records themselves are carried",
    models.ImportChange: "a part of an import",
    models.ImportPage: "a part of an import",
    models.ImportRows: "a part of an import",
    models.ImportSource: "how a source is read, which is set up anew",
    models.MemberEvaluation: "a team's",
    models.MemberGap: "a team's",
    models.Membership: "an agreement with a team, made anew where one joins",
    models.Notice: "what was sent, and when",
    models.NoticeChoice: "how to be reminded is chosen anew",
    models.NameMap: "a team's",
    models.RecordQuestion: "a team's",
    models.Share: "consent is given anew",
    models.ShareLink: "a way in is never copied",
    models.ShareOpening: "a part of a link that is not copied",
    models.SignOff: "a program's",
    models.Staleness: "how far evaluation is",
    models.Standing: "made anew from pay and wages",
    models.Waiver: "a program's",
}


def owned(coder: Coder, model: type[Model]) -> QuerySet:
    """The coder's rows of a carried model."""
    return model._default_manager.filter(**{path_to_coder(model): coder.pk}).order_by("pk")


def path_to_coder(model: type[Model]) -> str:
    """The lookup that leads from a row to its coder: its own, or that of the row it belongs to."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
    for field in fields:
        if field.related_model is Coder:
            return field.name
    for field in fields:
        if field.related_model in CARRIED:
            return f"{field.name}__{path_to_coder(field.related_model)}"
    raise TypeError(f"{model.__name__} belongs to no coder")


def history_of(model: type[Model]) -> type[Model] | None:
    """The model that keeps the changes of a carried one."""
    history = getattr(model, "history", None)
    return history.model if history is not None else None


def links_of(history: type[Model]) -> list[type[Model]]:
    """The models that keep which rows of other tables a changed one was linked to."""
    return [
        relation.related_model
        for relation in history._meta.related_objects
        if relation.field.name == "history" and hasattr(relation.related_model, "m2m_history_id")
    ]


def hanging_on_people() -> set[type[Model]]:
    """Every table, histories aside, from which references lead to a coder or a user."""
    found = {Coder, User}
    every = [
        model
        for model in apps.get_app_config("tracker").get_models()
        if not hasattr(model, "history_id") and not hasattr(model, "m2m_history_id")
    ]
    while True:
        more = {
            model
            for model in every
            if model not in found
            and any(
                isinstance(field, ForeignKey | OneToOneField)
                and field.related_model in found
                and not (field.null and field.related_model is User)
                for field in model._meta.concrete_fields
            )
        }
        if not more:
            return found - {Coder, User}
        found |= more
