"""Routes: which alarm starts which incident, said once for a whole app."""
