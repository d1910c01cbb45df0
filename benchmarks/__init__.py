"""Counts that are exact, and times as ratios that are paired in one run."""
