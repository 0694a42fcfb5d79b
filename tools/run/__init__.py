"""Everything that starts and keeps an installation: servers, processes, state, settings."""
