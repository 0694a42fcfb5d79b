"""A year of a school on a virtual clock, through the real engine and database, against an oracle made from the docs."""
