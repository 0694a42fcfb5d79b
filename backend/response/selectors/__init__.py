"""Every read of response plans, scoped to who asks."""
