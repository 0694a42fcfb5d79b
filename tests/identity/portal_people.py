"""The people who sign in at the portal of the tests, and the one client it knows."""

CLIENT_ID = "allclear"
CLIENT_SECRET = "of:the client/at+the portal"
PORTAL_PASSWORD = "at-the-portal-of-the-tests"
PEOPLE = ("alice", "bob", "dan", "ada", "mallory", "nobody")
