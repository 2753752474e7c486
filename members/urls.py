from django.urls import path

from members.views import applications, home, my_pages

urlpatterns = [
    path("", home.home, name="home"),
    path("bli-medlem/", applications.ApplyView.as_view(), name="apply"),
    path("bli-medlem/tack/", applications.sent, name="application_sent"),
    path(
        "bli-medlem/bekrafta/<uuid:public_id>/",
        applications.ConfirmView.as_view(),
        name="confirm_application",
    ),
    path("mina-sidor/", my_pages.MyPagesView.as_view(), name="my_pages"),
    path("mina-sidor/uppgifter/", my_pages.EditView.as_view(), name="edit_my_data"),
]
