"""How it is said: the catalogue of words, numbers formatted by language."""
