"""The web chat and, later, the HTTP interfaces."""
