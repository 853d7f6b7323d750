"""Fictional people with a few years of records, for looking at a site that has something to show.

`people/` says who they are, in the language of `language.py`; `weeks.py` and `audits.py` draw what repeats itself, with a
seeded generator; `loading.py` writes all of it. Nobody here exists, and neither do their employers and schools.
"""
