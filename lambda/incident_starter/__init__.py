"""The Lambda behind an incident starter: an alarm or event in, an incident out."""
