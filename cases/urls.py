from django.urls import path

from cases import downloads, views

urlpatterns = [
    path("mina-sidor/arenden/", views.my_cases, name="my_cases"),
    path("mina-sidor/arenden/nytt/", views.choose_topic, name="new_case"),
    path(
        "mina-sidor/arenden/nytt/<slug:kind>/", views.NewCaseView.as_view(), name="new_case_about"
    ),
    path("mina-sidor/arenden/<uuid:public_id>/", views.MyCaseView.as_view(), name="my_case"),
    path("mina-sidor/arenden/<uuid:public_id>/avsluta/", views.end_case, name="end_my_case"),
    path("mina-sidor/bilagor/<uuid:public_id>/", downloads.my_document, name="my_document"),
]
