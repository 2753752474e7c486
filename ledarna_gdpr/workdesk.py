from django.contrib import admin


class WorkDesk(admin.AdminSite):
    """The admin, with the work desk for an index."""
