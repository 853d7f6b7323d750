"""Generated files as they really come (domain 2.9): the same facts under other headings, in other dresses, among what is no data."""

import csv
import datetime as dt
import io
import random

import openpyxl

DATES = ("%m/%d/%y", "%m/%d/%Y", "%Y-%m-%d", "%b %-d, %Y", None)  # None: a date of the workbook's own
HEADS = {
    "who": ("User Name", "Coder", "Coder Name", "Employee"),
    "day": {
        "productivity": ("Date", "Work Date", "Coded Date"), "audits": ("Audit Date", "Audit Dt", "Date of Audit"),
        "credentials": ("Date Earned", "Issued", "Certification Date"), "certificates": ("Date Completed", "Completed", "CEU Date"),
    },
    "type": ("Category", "Patient Type", "Work Type"),
    "charts": ("Submitted", "Charts", "# Charts", "Total Charts"),
    "hours": ("Hours", "Coding Time", "Total Time", "Hrs"),
    "records": ("# Enc", "Charts Reviewed", "Records Reviewed"),
    "codes": ("Total Codes", "Codes Reviewed"),
    "correct": ("Codes Correct", "Correct Codes"),
    "certification": ("Certification", "Credential", "Cert"),
    "until": ("Expires", "Expiration Date", "Valid Until"),
    "title": ("Course Title", "Activity", "Title"),
    "ceus": ("CEUs", "Hours", "Credit Hours"),
    "body": ("Approved by", "Counts for"),
    "email": ("E-mail", "Email Address", "Work Email"),
    "name": ("Name", "Full Name", "Employee Name"),
    "job": ("Job Title", "Position", "Title"),
}  # fmt: skip
BESIDE = (("Facility", "Lakeside"), ("Team", "East"), ("% to Goal", "104%"), ("Rank", "2"))
COLUMNS = {
    "productivity": ("who", "day", "type", "charts", "hours"),
    "audits": ("who", "day", "records", "codes", "correct"),
    "credentials": ("who", "certification", "day", "until"),
    "certificates": ("who", "day", "title", "ceus", "body"),
    "roster": ("name", "email", "job"),
}


def facts(chance: random.Random, kind: str, names, types, last: dt.date) -> list[tuple]:
    """Rows in the order of `COLUMNS`, by name. `types` is words of the file by work type; no two are of one piece of work."""
    if kind == "roster":
        return [
            (f"Person {n}", f"person{n}@example.com", f"Coder {'I' * (1 + n % 3)}")
            for n in range(chance.randrange(1, 9))
        ]
    rows = {}
    for name in sorted(names):
        for _ in range(chance.randrange(1, 9)):
            day = last - dt.timedelta(days=chance.randrange(300))
            if kind == "productivity":
                slug = chance.choice(sorted(types))
                rows[name, day, slug] = (
                    name,
                    day,
                    slug,
                    chance.randrange(1, 1500),
                    15 * chance.randrange(1, 40),
                )
            elif kind == "audits":
                codes = chance.randrange(50, 300)
                rows[name, day] = (
                    name,
                    day,
                    chance.randrange(10, 40),
                    codes,
                    chance.randrange(codes // 2, codes + 1),
                )
            elif kind == "credentials":
                rows[name,] = (name, "CPC", day, day + dt.timedelta(days=730))
            else:
                title = f"Course {chance.randrange(4)}"
                rows[name, day, title] = (name, day, title, chance.randrange(2, 40) / 4, "AAPC")
    return list(rows.values())


def messy(chance: random.Random, kind: str, rows: list[tuple], types=None) -> bytes:
    """A file of these facts: CSV in some encoding and with some separator, or a workbook."""
    workbook = chance.random() < 0.5
    dress = _Dress(chance, workbook, types or {})
    columns = COLUMNS[kind]
    head = [chance.choice(HEADS[c][kind] if isinstance(HEADS[c], dict) else HEADS[c]) for c in columns]
    beside = chance.sample(BESIDE, chance.randrange(3))
    head += [name for name, _value in beside]
    fill_down = kind == "productivity" and chance.random() < 0.6
    out = [[], ["Coding department"], [f"Printed for {chance.choice(('the month', 'review'))}"], []][
        : chance.randrange(5)
    ]
    if kind == "productivity" and head[4] == "Hours" and chance.random() < 0.5:
        out.append(["", "", "", "", "Time Totals (HH:MM:SS)"])
        head[4] = "Total"
    out.append(head)
    above, since = None, []
    for row in rows:
        if above is not None and row[0] != above and kind == "productivity":
            out.append(_total("Total", since))
            since = []
        cells = [dress.cell(column, value) for column, value in zip(columns, row, strict=True)]
        if fill_down and row[0] == above:
            cells[0] = ""
        out.append([*cells, *(value for _name, value in beside)])
        above, since = row[0], [*since, row]
        if chance.random() < 0.1:
            out.append([])
        if chance.random() < 0.1:
            out.append(list(head))  # a page break
        if kind == "productivity" and chance.random() < 0.1:
            out.append(["" if fill_down else row[0], dress.cell("day", row[1]), "No Activity"])
    if kind == "productivity":
        out += [_total("Total", since), _total("Grand Total", rows)]
    if chance.random() < 0.5:
        out += [[], ["Page 1 of 1"]]
    return _workbook(out, chance) if workbook else _text(out, chance)


def _total(word: str, rows: list[tuple]) -> list:
    """Its time is left out: the charts are enough to be compared."""
    return [word, "", "", sum(row[3] for row in rows), ""]


class _Dress:
    """How one file writes its cells."""

    def __init__(self, chance: random.Random, workbook: bool, types: dict):
        self.chance, self.types = chance, types
        self.date = chance.choice(DATES if workbook else DATES[:-1])
        self.time = chance.choice(("clock", "decimal", "words", *(["span"] if workbook else [])))
        self.loud = chance.random() < 0.5

    def cell(self, column: str, value):
        if isinstance(value, dt.date):
            return value.strftime(self.date) if self.date else dt.datetime.combine(value, dt.time())
        if column == "type":
            return self.chance.choice(self.types[value])
        if column == "hours":
            hours, minutes = divmod(value, 60)
            return {
                "clock": f"{hours}:{minutes:02d}:00", "decimal": value / 60, "words": f"{hours} h {minutes} min",
                "span": dt.timedelta(minutes=value),
            }[self.time]  # fmt: skip
        if column == "charts" and self.loud:
            return f"{value:,}"
        if column in ("who", "email") and self.loud:
            return f" {value.upper()} "
        return value


def _text(rows: list[list], chance: random.Random) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=chance.choice(",;\t|")).writerows(rows)
    encoding = chance.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252"))
    return out.getvalue().replace("\r\n", chance.choice(("\r\n", "\n"))).encode(encoding)


def _workbook(rows: list[list], chance: random.Random) -> bytes:
    book = openpyxl.Workbook()
    if chance.random() < 0.3:
        book.active.append(["Notes for the reader"])
        book.create_sheet("Report")
    sheet = book.worksheets[-1]
    for row in rows:
        sheet.append(row)
        if row and str(row[-1]).startswith("Time Totals"):
            sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=5, end_column=6)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
