"""The hour in which an administrator sets a school up, from the set-up link to the first report acknowledged."""
