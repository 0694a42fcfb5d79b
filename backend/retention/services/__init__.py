"""Forgetting what is past its period."""

from backend.retention.services.running import retention_run

__all__ = ["retention_run"]
