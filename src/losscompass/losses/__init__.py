"""What a loss should read: one file a loss, each with its contract, its start, its baseline, its floor, and when to take it."""
