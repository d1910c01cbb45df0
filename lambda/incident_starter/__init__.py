"""The Lambda behind an incident starter."""
