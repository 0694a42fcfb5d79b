"""The test run of `make test` and its plugins."""
