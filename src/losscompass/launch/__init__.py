"""`losscompass run`: the user's own Python with the user's own script, watched; and the parent that reports."""
