"""Numbers and slugs as people say them: "2 audits", "ICD-10-CM, CPT or HCPCS Level II". Pure; American English."""

from collections.abc import Iterable
from decimal import Decimal

_ACRONYMS = {
    "aapc", "ahima", "apc", "asc", "cahiim", "cdi", "cpt", "drg", "ehr", "hcc", "hcpcs", "hfma", "him", "hipaa", "hit",
    "hcca", "acdis", "nha", "icd", "ip", "op", "pcap", "sql", "soc", "vp",
}  # fmt: skip
# Slugs whose letters alone do not read right. Whatever an installation adds reads as its slug with spaces.
_NAMES = {
    "3m": "3M",
    "aapc-licensed": "AAPC (licensed)",
    "audit-response": "managing audit responses",
    "billing-rca": "billing specialist or revenue cycle analyst",
    "cerner": "Cerner",
    "claim-lifecycle": "the full claim lifecycle",
    "claims-review": "claims review for a payer",
    "clinic-em": "clinic and professional E/M",
    "clinician-documentation-education": "teaching clinicians what documentation must say",
    "coder-i": "medical coder I",
    "coder-ii-senior": "senior medical coder (coder II)",
    "coding": "medical coding",
    "coding-analytics": "coding analytics and reporting",
    "communicating-findings": "communicating audit findings",
    "complex-cases": "complex and unusual cases",
    "compliance-risk": "understanding compliance risk",
    "compliance-training": "developing compliance training",
    "documentation-specificity": "working with physicians on documentation specificity",
    "ehr-configuration": "configuring an EHR’s coding modules",
    "em-guidelines": "E/M guidelines",
    "epic": "Epic",
    "evaluating-others-work": "evaluating other coders’ work",
    "evaluation-management": "evaluation and management (E/M)",
    "federal-state-regulations": "federal and state coding regulations",
    "fraud-abuse": "fraud and abuse regulations",
    "hcc": "HCC categories",
    "hcpcs-level-ii": "HCPCS Level II",
    "healthcare-admin": "healthcare administration",
    "healthcare-datasets": "clinical classifications and healthcare datasets",
    "him-director": "director of HIM",
    "hit-implementation": "HIT implementation specialist",
    "icd-10-cm": "ICD-10-CM",
    "icd-10-pcs": "ICD-10-PCS",
    "liaison": "the liaison between coding, compliance and revenue cycle",
    "meditech": "MEDITECH",
    "ms-drg": "DRG assignment",
    "national-remote": "national employer hiring remotely",
    "ob-gyn": "OB/GYN",
    "optum": "Optum",
    "payer-guidelines": "payer-specific guidelines",
    "physician-query": "querying physicians",
    "productivity-oversight": "managing productivity metrics",
    "python": "Python",
    "small-practice": "physician office or small practice",
    "staffing": "staffing a coding team",
    "tableau": "Tableau",
    "training-coders": "training new coders",
    "trucode": "TruCode",
    "value-based-care": "Medicare Advantage and value-based care",
    "vendor": "EHR vendor",
}
_SINGULAR = {"people": "person", "analyses": "analysis"}


def name(slug: str) -> str:
    """A slug of the catalogue as words: "icd-10-cm" is ICD-10-CM, "denials-management" is denials management."""
    if slug in _NAMES:
        return _NAMES[slug]
    parts = slug.replace("_", "-").split("-")
    return " ".join(part.upper() if part in _ACRONYMS else part for part in parts)


def joined(items: Iterable[str], joint: str = "and") -> str:
    """ "a", "a and b", "a, b and c"; empty for nothing."""
    texts = list(items)
    return f"{', '.join(texts[:-1])} {joint} {texts[-1]}" if len(texts) > 1 else "".join(texts)


def number(amount: Decimal | int | float) -> str:
    """With thousands separators and no idle zeros: "1,000", "2.5"."""
    return f"{Decimal(str(amount)).normalize():,f}"


def singular(plural: str) -> str:
    """The first word of a plural noun phrase made singular: "audits as reviewer" is "audit as reviewer"."""
    first, space, rest = plural.partition(" ")
    return _SINGULAR.get(first, first.removesuffix("s")) + space + rest


def count(amount: Decimal | int | float, plural: str) -> str:
    """ "1 audit", "3 audits", "2.5 years"."""
    return f"{number(amount)} {singular(plural) if amount == 1 else plural}".strip()


def with_article(noun: str) -> str:
    """ "an audit", "a chart". By the sound of what we name: an E/M visit, an HIM program, an EHR, a CPC, a university."""
    first = noun.split(" ")[0]
    spelled = first[:2].isupper() or (len(first) > 1 and first[1] in "/-" and first[0].isupper())
    vowel = first[:1] in "AEFHILMNORSX" if spelled else first[:1].lower() in "aeio"
    return f"{'an' if vowel else 'a'} {noun}"
