"""Every write of reports to somebody outside: they start, somebody says that they were made, numbers are noted."""
