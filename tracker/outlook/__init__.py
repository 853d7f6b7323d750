"""From records to forecasts: reads what a coder's pace was month by month, and hands it to the pure `tracker.forecast`."""
