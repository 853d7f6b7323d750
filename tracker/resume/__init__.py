"""A résumé from data: what the records can say (`facts`), worded by the coder (`wording`), as a document (`document`, `markdown`).

Pure. The figures are read by tracker/selectors/resume.py.
"""
