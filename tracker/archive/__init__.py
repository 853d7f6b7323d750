"""The whole personal archive: everything of a coder as a ZIP, and back into an empty account.

`carried` says what is taken along, `writing` makes the ZIP, `reading` checks one, `restoring` stores it.
"""
