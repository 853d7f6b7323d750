"""When a gap will close: distributions over months to come, from a coder's own pace.

Pure: numpy arrays in, arrays out, one row a coder; no database, no clock. A distribution is its CDF on a monthly grid: the
chance that the gap is closed within 1, 2, ... HORIZON months. A gap whose CDF stays below a half has no date.
"""
