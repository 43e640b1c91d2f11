"""How numbers are read: pure functions on arrays."""
