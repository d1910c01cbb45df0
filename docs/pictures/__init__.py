"""The README's pictures, drawn by ``make pictures``."""
