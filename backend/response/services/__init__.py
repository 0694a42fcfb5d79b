"""Every write of response plans: approving and reading them, starting one, its steps, its end."""
