"""Every page of the product, looked at in every way: by role, language, width and light."""
