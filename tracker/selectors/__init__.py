"""What reads: querysets and rows made ready for pages and API, in a fixed number of queries."""
