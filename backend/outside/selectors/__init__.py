"""Every read of reports to somebody outside."""
