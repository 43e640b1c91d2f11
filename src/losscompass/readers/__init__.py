"""From disk to records: one file a format, chosen by content."""
