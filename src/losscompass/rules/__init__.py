"""What can be wrong: one file a rule, in a folder a category, its words beside it in English and Japanese."""
