"""What was seen: records in, immutable runs out."""
