"""The folder that stands first in PYTHONPATH while the user's Python starts. Nothing but `sitecustomize` is here."""
