"""Reports of meeting platforms on their way in: read, shown, and let in when a person says so.

What the notice does not name (P18) is dropped while the file is read: nothing past
``courses.imports.reports`` has seen it.
"""
