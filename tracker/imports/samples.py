"""Small files to try an import with: made-up work of the last month, in the shapes in which such files come."""

import csv
import datetime as dt
import io

HOURS = ("7:25:20", "5:48:18", "7:58:00", "6:31:45", "7:12:30")
CHARTS = (88, 71, 96, 79, 85)


def sample(kind: str, today: dt.date, names: list[str]) -> str:
    """A CSV file. With `names` it is a manager's export, with one line for each; without, a log of one's own."""
    out = io.StringIO()
    _WRITE[kind](csv.writer(out), _last_month(today), names[:4])
    return out.getvalue()


def _last_month(today: dt.date) -> list[dt.date]:
    """Its working days."""
    last = today.replace(day=1) - dt.timedelta(days=1)
    days = (last.replace(day=n) for n in range(1, last.day + 1))
    return [day for day in days if day.weekday() < 5]


def _productivity(writer, days: list[dt.date], names: list[str]) -> None:
    if not names:
        writer.writerow(["date", "work_type", "charts", "hours"])
        for n, day in enumerate(days):
            writer.writerow([day.isoformat(), "ED", CHARTS[n % 5], HOURS[n % 5].rpartition(":")[0]])
        return
    writer.writerow(["Coder Activity Report"])
    writer.writerow([f"Date Range: {days[0]:%m/%d/%y} - {days[-1]:%m/%d/%y}"])
    writer.writerow(["", "", "", "", "Time Totals (HH:MM:SS)"])
    writer.writerow(["User Name", "Date", "Category", "Submitted", "Total"])
    for k, name in enumerate(names):
        for n, day in enumerate(days):
            first = name if n == 0 else ""
            writer.writerow([first, f"{day:%m/%d/%y}", "Emergency", CHARTS[(n + k) % 5], HOURS[(n + k) % 5]])
        writer.writerow(["Total", "", "", sum(CHARTS[(n + k) % 5] for n in range(len(days))), ""])


def _audits(writer, days: list[dt.date], names: list[str]) -> None:
    writer.writerow(
        [
            "Coder",
            "Audit Date",
            "Patient Type",
            "Charts Reviewed",
            "Total Codes",
            "Dx Errors",
            "CPT Errors",
            "Accuracy %",
        ]
    )
    for k, name in enumerate(names or ["Me"]):
        codes, errors = 204 + 7 * k, (4 + k, 3)
        share = 100 * (codes - sum(errors)) / codes
        writer.writerow([name, f"{days[-1]:%m/%d/%Y}", "ED", 20, codes, *errors, f"{share:.1f} %"])
    writer.writerow(["TOTAL / AVG", "", "", 20 * max(1, len(names))])


def _credentials(writer, days: list[dt.date], names: list[str]) -> None:
    writer.writerow(["Coder", "Certification", "Date Earned", "Expiration Date"])
    for k, name in enumerate(names or ["Me"]):
        earned = days[0].replace(year=days[0].year - 1 - k, day=1)
        writer.writerow(
            [name, "CPC", earned.isoformat(), (earned + dt.timedelta(days=730 * (k + 2))).isoformat()]
        )


def _certificates(writer, days: list[dt.date], names: list[str]) -> None:
    writer.writerow(["Coder", "Date Completed", "Course Title", "CEUs", "Approved by"])
    for name in names or ["Me"]:
        writer.writerow([name, days[0].isoformat(), "Guideline changes in practice", "1.5", "AAPC"])


def _roster(writer, days: list[dt.date], names: list[str]) -> None:
    writer.writerow(["Coding department, staff list"])
    writer.writerow(["Last Name", "First Name", "E-mail", "Job Title", "Hire Date"])
    for first, last, title in (
        ("Jo", "Sample", "Inpatient Coder"),
        ("Kim", "Example", "Emergency Department Coder"),
    ):
        address = f"{first}.{last}@example.com".lower()
        writer.writerow([last, first, address, title, f"{days[0]:%m/%d/%Y}"])


_WRITE = {
    "roster": _roster,
    "productivity": _productivity,
    "audits": _audits,
    "credentials": _credentials,
    "certificates": _certificates,
}
