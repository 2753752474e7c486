"""What the engines cost beside plain SQL that does the same. ``manage.py benchmark`` runs it."""
