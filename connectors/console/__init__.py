"""The web console: what runs, what is stuck and whose turn it is, each document's page; for people with an account here."""
