"""Forms, one for each kind of record, with the fields in the order in which a person fills them in.

form = form_for("audit")(request.POST, coder=coder, instance=None, initial=None)
if form.is_valid():
    record = form.save(by=request.user)
"""

from .account import ArchiveForm, DeleteAccountForm
from .audit import AuditForm
from .career import PayForm, PositionForm, SpecialtyForm
from .growth import (
    ContinuingEducationForm,
    ContributionForm,
    CredentialForm,
    EducationForm,
    PracticumForm,
    SkillForm,
)
from .profile import ProductivityTargetForm, ProfileForm, TargetForm, WelcomeForm
from .tokens import TokenForm
from .work import AuditWorkForm, ClaimOutcomeForm, VolumeForm

_FORMS = (
    AuditForm,
    AuditWorkForm,
    ClaimOutcomeForm,
    ContinuingEducationForm,
    ContributionForm,
    CredentialForm,
    EducationForm,
    PositionForm,
    PracticumForm,
    SkillForm,
    SpecialtyForm,
    VolumeForm,
)
_BY_KIND = {form._meta.model.KIND: form for form in _FORMS}


def form_for(kind: str):
    """The form class for a kind of record. Raise KeyError for an unknown kind."""
    return _BY_KIND[kind]


__all__ = [
    "ArchiveForm",
    "DeleteAccountForm",
    "PayForm",
    "ProductivityTargetForm",
    "ProfileForm",
    "TargetForm",
    "TokenForm",
    "WelcomeForm",
    "form_for",
    *(form.__name__ for form in _FORMS),
]
