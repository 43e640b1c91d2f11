"""How the thresholds of the rules were measured, and the records of it."""
