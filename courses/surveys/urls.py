from django.urls import path

from courses.surveys import views

urlpatterns = [
    path("mina-sidor/enkater/", views.my_surveys, name="my_surveys"),
    path("mina-sidor/enkater/<uuid:public_id>/", views.SurveyView.as_view(), name="survey"),
    path("mina-sidor/enkater/<uuid:public_id>/tack/", views.thanks, name="survey_thanks"),
    path("mina-sidor/enkater/<uuid:public_id>/avboj/", views.decline, name="decline_survey"),
    path(
        "mina-sidor/enkater/<uuid:public_id>/ta-tillbaka/",
        views.WithdrawView.as_view(),
        name="withdraw_survey",
    ),
]
