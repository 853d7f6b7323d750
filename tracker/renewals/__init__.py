"""The mechanics of renewal cycles: which cycle there is, which hours count where, how much is left. Pure: no database, no clock."""
