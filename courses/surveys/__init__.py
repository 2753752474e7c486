"""Evaluations and opinion surveys: opening and closing them, answering, counting, showing."""
