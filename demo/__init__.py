"""The schools of the demo, in files, and the portal of one of them."""
