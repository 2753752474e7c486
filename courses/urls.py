from django.urls import include, path

from courses import views

urlpatterns = [
    path("", include("courses.surveys.urls")),
    path("mina-sidor/kurser/", views.my_courses, name="my_courses"),
    path("mina-sidor/kurser/<uuid:public_id>/", views.OccasionView.as_view(), name="occasion"),
    path("mina-sidor/kurser/<uuid:public_id>/avboka/", views.cancel, name="cancel_registration"),
    path(
        "mina-sidor/kurser/<uuid:public_id>/behov/ta-bort/",
        views.take_back_need,
        name="take_back_need",
    ),
    path("mina-sidor/kurser/<uuid:public_id>/delta/", views.join, name="join"),
    path("mina-sidor/kurser/<uuid:public_id>/kalender.ics", views.calendar, name="calendar"),
]
