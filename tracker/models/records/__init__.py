from .audits import Audit, Auditor, AuditWork, Basis
from .base import ATTESTED, Provenance, Record, RecordQuerySet, Source
from .career import Pay, PayBasis, Position, Remote, SpecialtyExperience
from .growth import (
    QUALITY_FIELDS,
    ContinuingEducation,
    Contribution,
    ContributionKind,
    Credential,
    Education,
    EducationField,
    Practicum,
    SkillShown,
)
from .scores import CHART_METHODS, POINT_METHODS, AuditScore, Method, checked_charts
from .work import ClaimOutcome, OutcomeDefinition, OutcomeKind, Setting, Volume, hours_and_minutes

# Every kind of record in the order in which people look for them. Pay is not among them: it lives apart.
RECORD_MODELS = (
    Volume,
    Audit,
    Credential,
    ContinuingEducation,
    Position,
    SpecialtyExperience,
    AuditWork,
    ClaimOutcome,
    SkillShown,
    Contribution,
    Education,
    Practicum,
)
RECORD_KINDS = {model.KIND: model for model in RECORD_MODELS}

__all__ = [
    "ATTESTED",
    "CHART_METHODS",
    "POINT_METHODS",
    "QUALITY_FIELDS",
    "RECORD_KINDS",
    "RECORD_MODELS",
    "Audit",
    "AuditScore",
    "AuditWork",
    "Auditor",
    "Basis",
    "ClaimOutcome",
    "ContinuingEducation",
    "Contribution",
    "ContributionKind",
    "Credential",
    "Education",
    "EducationField",
    "Method",
    "OutcomeDefinition",
    "OutcomeKind",
    "Pay",
    "PayBasis",
    "Position",
    "Practicum",
    "Provenance",
    "Record",
    "RecordQuerySet",
    "Remote",
    "Setting",
    "SkillShown",
    "Source",
    "SpecialtyExperience",
    "Volume",
    "checked_charts",
    "hours_and_minutes",
]
