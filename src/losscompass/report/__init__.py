"""How it is shown: terminal, json, html, markdown, github."""
