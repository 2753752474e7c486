"""Mailings to many: written, counted, sent by one person or two, each mail once."""
