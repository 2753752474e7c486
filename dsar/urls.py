from django.urls import path

from dsar import downloads, views

urlpatterns = [
    path("integritet/", views.notice, name="notice"),
    path("integritet/version/<str:version>/", views.notice, name="notice_version"),
    path("integritet/kontakt/", views.ContactView.as_view(), name="contact"),
    path("integritet/kontakt/tack/", views.contact_sent, name="contact_sent"),
    path("integritet/access-1.json", downloads.access_schema, name="access_schema"),
    path("mina-sidor/integritet/", views.my_privacy, name="my_privacy"),
    path("mina-sidor/uttrade/brev/", views.exit_letter, name="exit_letter"),
    path("mina-sidor/begaranden/", views.my_requests, name="my_requests"),
    path("mina-sidor/begaran/ny/<slug:kind>/", views.NewRequestView.as_view(), name="new_request"),
    path("mina-sidor/begaran/<uuid:public_id>/", views.my_request, name="my_request"),
    path(
        "mina-sidor/begaran/<uuid:public_id>/ta-tillbaka/",
        views.withdraw_request,
        name="withdraw_request",
    ),
    path(
        "mina-sidor/begaran/<uuid:public_id>/hamta/",
        downloads.download_package,
        name="download_package",
    ),
]
