"""From a file as it really comes to records: pure modules that know no database, no clock and no settings.

    reading ──▶ headers ──▶ patient ──▶ columns ──▶ body ──▶ kinds
    (cells of    (which row   (refuse,     (what each  (rows that  (what a row says,
     text)        names them)  by column)   one is)     are data)   or what is wrong)

Nothing here ever puts a cell's value into a message: a message names the row and the column, and who has the file looks there.
"""
