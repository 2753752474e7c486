"""Register files on their way in: read, checked, shown, and then written set by set.

The columns are declared with django-import-export; the engine is our own, because the register
is large and the library writes row by row, and its quick mode writes no history.
"""
