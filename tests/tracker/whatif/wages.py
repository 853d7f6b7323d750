"""A wage release of one occupation."""

import datetime as dt

from curriculum.models import AreaType, Industry, Occupation, Wage, WageArea, WageRelease


def release_with(occupation: str, **industries) -> WageRelease:
    """May 2025 for the nation: a median of $50,000, and in each named industry (code: median) what is given."""
    every, _ = Industry.objects.get_or_create(code=Industry.ALL, defaults={"title": "Cross-industry"})
    nation, _ = WageArea.objects.get_or_create(
        code=WageArea.NATION, defaults={"title": "U.S.", "type": AreaType.NATION}
    )
    Occupation.objects.get_or_create(code=occupation, defaults={"title": "Medical Records Specialists"})
    release = WageRelease.objects.create(
        slug="2025-05", name="May 2025", reference_on=dt.date(2025, 5, 1), source="test"
    )
    medians = {every.code: 50_000} | {code.removeprefix("n"): median for code, median in industries.items()}
    for code, median in medians.items():
        industry, _ = Industry.objects.get_or_create(code=code, defaults={"title": f"Industry {code}"})
        figures = {
            f"annual_p{p}": int(median * share)
            for p, share in ((10, 0.7), (25, 0.8), (50, 1), (75, 1.2), (90, 1.6))
        }
        Wage.objects.create(
            release=release, area=nation, occupation_id=occupation, industry=industry, **figures
        )
    return release
