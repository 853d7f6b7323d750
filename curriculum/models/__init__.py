from .base import CatalogueRow, Confidence, Origin, Sourced
from .certifications import Body, Certification, CertificationStatus, Family, RenewalMode, RenewalRule
from .effort import Effort
from .ladder import DegreeLevel, Role, Stage, Track, Transition, TransitionKind
from .local_changes import LocalChange
from .milestones import (
    MUST_WEIGHT,
    ActivityCredit,
    LearningActivity,
    Milestone,
    MilestoneVersion,
    Requirement,
    Standard,
)
from .organizations import Organization, OrganizationKind
from .programs import Asked, CertificateBy, Program, ProgramItem, ProgramVersion
from .vocabulary import (
    Accreditation,
    EducationRoute,
    EmployerType,
    Fact,
    SalaryDriver,
    Skill,
    SkillKind,
    Specialty,
    WorkType,
)
from .wages import PERCENTILES, AreaType, Industry, Occupation, Wage, WageArea, WageRelease

__all__ = [
    "MUST_WEIGHT",
    "PERCENTILES",
    "Accreditation",
    "ActivityCredit",
    "AreaType",
    "Asked",
    "Body",
    "CatalogueRow",
    "CertificateBy",
    "Certification",
    "CertificationStatus",
    "Confidence",
    "DegreeLevel",
    "EducationRoute",
    "Effort",
    "EmployerType",
    "Fact",
    "Family",
    "Industry",
    "LearningActivity",
    "LocalChange",
    "Milestone",
    "MilestoneVersion",
    "Occupation",
    "Organization",
    "OrganizationKind",
    "Origin",
    "Program",
    "ProgramItem",
    "ProgramVersion",
    "RenewalMode",
    "RenewalRule",
    "Requirement",
    "Role",
    "SalaryDriver",
    "Skill",
    "SkillKind",
    "Sourced",
    "Specialty",
    "Stage",
    "Standard",
    "Track",
    "Transition",
    "TransitionKind",
    "Wage",
    "WageArea",
    "WageRelease",
    "WorkType",
]
