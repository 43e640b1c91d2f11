"""What it adds up to: the engine, the ranking, the reading of the curves, the prescriptions."""
