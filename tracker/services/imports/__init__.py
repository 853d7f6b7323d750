"""Importing a file: opened and staged by a page or the API, planned, stored and undone by a worker.

sources   where files come from, whose they are, and what was said about them once
staging   an upload: the gate, the columns, the rows that may wait for a day
names     who is who, and which word is which
planning  what would happen with every row: computed, never written
storing   what was planned, in one transaction
roster    the same for people to invite, which makes no records
undoing   taking it back, but for what somebody touched since
running   the steps as jobs, with a lease, so that a worker that dies leaves nothing half
"""
