"""Words that stand encrypted in the database, under a key of the matter they belong to that is kept outside of it."""
