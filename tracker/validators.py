"""Rules on single values, shared by models, forms, serializers and imports."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Bounds, in words that say what to do; forms and API both use them.
AT_LEAST = _("Enter %(limit_value)s or more.")
AT_MOST = _("Enter at most %(limit_value)s.")

# Between a word and its number: "MRN: 1", "acct # 1", "MRN_1", "account no. 1".
_GAP = r"[\s#:._=-]{0,4}(?:(?:id|no|num|number|nbr)\b[\s#:._=-]{0,4})?[a-z]{0,3}-?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = rf"(?:\d{{1,4}}[/-]\d{{1,2}}|\d{{1,2}}\.\d{{1,2}}\.\d{{2,4}}|{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})"
# What coders count; such a number is a sum and no identifier.
_COUNTED = r"(?:charts?|codes?|claims?|records?|accounts?|encounters?|visits?|cases|exams?|lines?|rows|denials|dollars|usd)"
# "Patient" begins the name of many a department and job before it begins a name.
_NOT_A_NAME = (
    r"(?i:access|account|accounts|advocate|advocacy|billing|business|care|centered|classification|contact|education|"
    r"engagement|experience|financial|flow|intake|liaison|logistics|management|navigator|navigation|outcomes?|outreach|"
    r"placement|population|portal|protection|quality|records?|registration|registrar|relations|representative|revenue|"
    r"safety|satisfaction|scheduling|scheduler|service|services|status|support|transport|type|volume|volumes)\b"
)

# What in free text would identify a patient (45 CFR 164.514(b)(2) and the habits of home-made logs), each with what it looks
# like in words. A bare CPT code after "visit" or "PT", a range of codes, years, dates, money and counts are ordinary coder's text.
_PATIENT_PATTERNS = [
    (re.compile(r"(?<!\d)\d{3}([- ])\d{2}\1\d{4}(?!\d)"), _("a social security number")),
    (
        re.compile(
            rf"\b(?:mrn|medical record|csn|har|fin|fin ?nbr|hicn|mbi)(?![a-z]){_GAP}\d{{3,}}"
            rf"|\b(?:acct|account|patient|pt|guarantor|subscriber)(?![a-z]){_GAP}(?!(?:19|20)\d\d\b|\d{{5}}\b)\d{{4,}}"
            r"|\b(?:acct|account|guarantor|subscriber)[\s:._=-]{0,3}\d{5}\b"
            r"|\b(?:patient|pt|acct|account|encounter|visit|claim|member|chart|record|policy)\.?\s?(?:id|no|num|number|nbr|#)"
            r"[\s#:._=-]{0,4}[a-z]{0,3}-?\d{4,}",
            re.IGNORECASE,
        ),
        _("a record or account number"),
    ),
    (
        re.compile(r"\b[1-9][A-Z][A-Z0-9]\d-?[A-Z][A-Z0-9]\d-?[A-Z]{2}\d{2}\b|(?<!\d)\d{9}[A-Z]\d?\b"),
        _("a Medicare number"),
    ),
    (
        re.compile(
            rf"(?<![\w.$,-])(?<!\$ )\d{{6,12}}(?![\w%]|[.,]\d|-\d|\s+{_COUNTED}\b)|(?<![\w.-])[a-z]{{1,3}}-?\d{{7,12}}\b",
            re.IGNORECASE,
        ),
        _("an identifier of 6 to 12 digits (a large number is understood with commas, such as 142,000)"),
    ),
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.\w"), _("an e-mail address")),
    (
        re.compile(r"(?<!\d)(?:\+?1[ .-]?)?(?:\(\d{3}\)[ .-]?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)"),
        _("a telephone number"),
    ),
    (
        re.compile(
            rf"\b(?:dob|d\.o\.b\.?|birth ?date|date of birth|birthday)(?![a-z])[^.;\n]{{0,12}}\d"
            rf"|\bborn(?: on| in)?[\s:]{{1,3}}{_DATE}|\bborn in (?:19|20)\d\d",
            re.IGNORECASE,
        ),
        _("a date of birth"),
    ),
    (
        re.compile(
            r"\b(?:dos|date of service|service date|date of death|admit(?:ted)?|admission|adm|discharged?|d/c|dod|seen)"
            rf"(?: dates?)?(?: on| of| was| is)?[\s:=-]{{1,3}}{_DATE}",
            re.IGNORECASE,
        ),
        _("a date of service"),
    ),
    (
        re.compile(
            r"\b(?:(?:9\d|1[0-2]\d)[- ]?(?:years?|yrs?)[- ]?old|(?:9\d|1[0-2]\d) ?(?:y/?o|yof|yom)\b|(?i:aged?) (?:9\d|1[0-2]\d)\b)"
        ),
        _("an age over 89"),
    ),
    (
        re.compile(
            rf"\b(?i:patient|pt)(?:'s|’s)?\.?:?\s+(?:(?i:names?)(?:\s+is)?[\s:=]+[A-Z][a-z]+|(?!{_NOT_A_NAME})[A-Z][a-z'’-]+,?\s+[A-Z][a-z'’.-]+"
            r"|[A-Z]\.\s?[A-Z]\.)"
        ),
        _("a patient's name"),
    ),
]


def looks_like_patient_data(text: str):
    """What in the text could identify a patient, in words; None where nothing does."""
    return next((looks_like for pattern, looks_like in _PATIENT_PATTERNS if pattern.search(text or "")), None)


def refuse_patient_data(text: str) -> None:
    """Raise ValidationError if free text looks as if it could identify a patient. The message never repeats the value."""
    if looks_like := looks_like_patient_data(text):
        raise ValidationError(
            _(
                "This looks like it contains %(what)s. CoderPath never stores anything that could identify a "
                "patient: please take it out and save again."
            ),
            code="patient_data",
            params={"what": looks_like},
        )
