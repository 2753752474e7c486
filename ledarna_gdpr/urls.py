from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("members.accounts.urls")),
    path("", include("members.urls")),
    path("", include("cases.urls")),
    path("", include("courses.urls")),
    path("", include("dsar.urls")),
]
