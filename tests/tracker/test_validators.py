"""Free text that could identify a patient is refused; what coders ordinarily write passes."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tracker.validators import refuse_patient_data

REFUSED = {
    "a social security number": ["SSN 123-45-6789", "ssn: 123 45 6789."],
    "a record or account number": [
        "MRN 48213",
        "mrn: E4821377",
        "MRN#004821",
        "see MRN_482137",
        "Medical record number 48213",
        "FIN 70112",
        "CSN: 998877",
        "HAR 5512",
        "acct # 77120",
        "Account no. 77120",
        "account 77120",
        "claim #40021",
        "Claim number 40021",
        "visit no 90210",
        "encounter id: 5512",
        "chart # 48213",
        "patient 4821",
        "Pt ID 48213",
        "member id W4821377",
    ],
    "a Medicare number": ["1EG4-TE5-MK73", "billed under 1EG4TE5MK73", "123456789A"],
    "an identifier of 6 to 12 digits": ["48213771", "missed a CC on 482137", "(482137)", "V48213771", "AB-4821377"],
    "an e-mail address": ["ask jane.doe@example.com", "<a+b@mail.example.org>"],
    "a telephone number": ["call 555-123-4567", "(555)123-4567", "(555) 123 4567", "+1 555.123.4567"],
    "a date of birth": [
        "DOB 3/4/1956",
        "DOB: March 4, 1956",
        "d.o.b. 1956",
        "date of birth was 3-4-56",
        "born 3/4/1956",
        "born on March 4",
        "born in 1956",
    ],
    "a date of service": [
        "DOS 3/4/2026",
        "dos: 2026-03-04",
        "admitted 3/4",
        "admit date 03-04-2026",
        "discharged on March 4",
        "discharge date: 4 Mar 2026",
        "seen 3/4/26",
    ],
    "an age over 89": ["92-year-old with sepsis", "a 101 yo male", "age 94"],
    "a patient's name": [
        "patient John Smith",
        "Patient: Smith, John",
        "pt. Maria O'Neill",
        "patient name: John",
        "Pt J.S. readmitted",
        "patient's name is Maria",
    ],
}  # fmt: skip

ORDINARY = [
    "",
    "Coded 14,200 ED charts at 97.1% in 2025",
    "Coded 142000 charts in 2025",
    "ICD-10-CM, CPT 99213",
    "ICD-10-CM S72.001A, Z79899, O36.0110 and T81.31XA",
    "ICD-10-PCS 0DTJ4ZZ",
    "MS-DRG 470 and APC 5115; HCPCS J1885, G0438",
    "Office visit 99213 up to 99215",
    "E/M range 99202-99215, radiology 70010-79999",
    "PT 97110 and OT 97530 units",
    "PT OT ST evaluations",
    "CEU index 12345ABC",
    "Led the patient access team",
    "Patient Access Representative II",
    "Patient Financial Services, Lakeside Hospital",
    "Patient Registration Specialist",
    "Improved patient safety and patient care quality",
    "Edits for a missing DOB or patient name",
    "Checked date of service edits",
    "Saved $142000, then $1,200,000, then $ 250000 more",
    "From $58,000.00 to $61,500 a year",
    "Promoted 2026-03-31, certified 5/1/2024, since 2019, 2019-2021",
    "Fiscal year 2025-2026, Q3",
    "Audit of 03/04/2026: 412 of 430 codes",
    "Reduced denials from 11.81% to 9.4%",
    "Account 2025 backlog",
    "Observation charts, 24/7 coverage, 7:30 to 16:00",
    "Discharge 1.5 an hour, inpatient 2.75 an hour",
    "Newborn and liveborn coding, Z38.00",
    "AAPC member since 2019; chapter 4021 talk",
    "Dr. Smith's query about sepsis",
    "AHIMA2026 conference, RHIT, CCS-P",
    "Charts: 480; minutes: 2400; records: 30000",
    "Adults aged 65 and over; 80-hour course",
]


@pytest.mark.parametrize(
    ("looks_like", "text"), [(what, text) for what, texts in REFUSED.items() for text in texts]
)
def test_text_that_could_identify_a_patient_is_refused_and_not_repeated(looks_like, text):
    with pytest.raises(ValidationError) as caught:
        refuse_patient_data(text)
    message = caught.value.messages[0]
    assert looks_like in message
    assert "take it out" in message
    assert not any(word in message for word in text.split() if any(c.isdigit() for c in word))


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_coders_text_passes(text):
    refuse_patient_data(text)


words = st.lists(
    st.sampled_from(
        [
            "coded",
            "audited",
            "ED",
            "charts",
            "with",
            "DRG",
            "CPT",
            "query",
            "denial",
            "the",
            "of",
            "for",
            "and",
            "sepsis",
            "Lakeside",
        ]
    )
).map(" ".join)


@given(words, st.integers(100_000, 999_999_999_999), words)
def test_a_bare_number_of_6_to_12_digits_is_refused_anywhere(before, number, after):
    text = f"{before} {number}. {after}"
    with pytest.raises(ValidationError) as caught:
        refuse_patient_data(text)
    assert str(number) not in caught.value.messages[0]


@given(
    words,
    st.sampled_from(["MRN", "mrn:", "Mrn #", "CSN ", "acct#", "Account number "]),
    st.integers(1000, 99_999),
)
def test_a_number_after_the_word_for_it_is_refused_however_it_is_written(before, word, number):
    with pytest.raises(ValidationError):
        refuse_patient_data(
            f"{before} {word} {number}" if word.endswith(("#", ":")) else f"{before} {word}{number:05d}"
        )


@given(words, st.integers(0, 999_999_999))
def test_an_amount_of_money_passes_at_any_size(before, dollars):
    refuse_patient_data(f"{before} ${dollars:,} and ${dollars}")


@given(words, st.integers(1950, 2100), st.integers(1, 99_999))
def test_years_and_small_counts_pass(before, year, count):
    refuse_patient_data(f"{before} {count} charts in {year}, {count:,} codes since {year}")


@given(st.integers(100, 999), st.integers(10, 99), st.integers(1000, 9999))
def test_a_social_security_number_is_refused(area, group, serial):
    with pytest.raises(ValidationError):
        refuse_patient_data(f"see {area}-{group}-{serial}")


@given(st.text(max_size=400))
def test_any_text_is_judged_without_an_error_of_another_kind(text):
    try:
        refuse_patient_data(text)
    except ValidationError as error:
        assert error.messages[0].startswith("This looks like it contains")
