from django.urls import path

from members.views import applications, choices, home, leaving, my_pages, tools

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
    path("mina-sidor/uttrade/", leaving.LeaveView.as_view(), name="leave"),
    path("mina-sidor/uttrade/kontakt/", leaving.AfterExitView.as_view(), name="after_exit"),
    path("mina-sidor/verktyg/", tools.tool_list, name="tools"),
    path("mina-sidor/verktyg/<slug:key>/", tools.UseToolView.as_view(), name="tool"),
    path("mina-sidor/verktyg/<slug:key>/spara/", tools.SaveResultView.as_view(), name="save_tool"),
    path("mina-sidor/verktyg/sparat/<uuid:public_id>/", tools.tool_result, name="tool_result"),
    path(
        "mina-sidor/verktyg/sparat/<uuid:public_id>/ta-bort/",
        tools.DeleteResultView.as_view(),
        name="delete_tool_result",
    ),
    path("mina-sidor/val/", choices.my_choices, name="my_choices"),
    path("mina-sidor/val/andra/", choices.change_choice, name="change_choice"),
    path(
        "mina-sidor/val/nej-till-allt/", choices.say_no_to_everything, name="say_no_to_everything"
    ),
    path(
        "mina-sidor/val/samtycke/<int:consent_id>/ta-tillbaka/",
        choices.withdraw_consent,
        name="withdraw_consent",
    ),
    path("utskick/nej/<uuid:public_id>/", choices.UnsubscribeView.as_view(), name="unsubscribe"),
    path("utskick/nej/", choices.NoMailingsView.as_view(), name="no_mailings"),
]
