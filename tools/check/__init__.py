"""The checks of `make check`, translations and locks."""
