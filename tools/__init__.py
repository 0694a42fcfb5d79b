"""What runs, tests and checks Allclear on one machine; no part of it is imported by the backend."""
