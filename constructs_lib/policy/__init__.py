"""Guard rails: what an organisation asks of everything that pages."""
