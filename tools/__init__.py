"""Programs that run, test and check Allclear on one machine; the backend imports none of them."""
