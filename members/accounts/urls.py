"""The account pages. Of allauth's, those that are needed, under its own names."""

from allauth.account import views as account
from allauth.socialaccount import views as socialaccount
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from members.accounts import demo, oidc, views

konto = [
    path("logga-in/", views.LoginView.as_view(), name="account_login"),
    path("logga-in/kod/", views.ConfirmCodeView.as_view(), name="account_confirm_code"),
    path("logga-in/losenord/", views.PasswordLoginView.as_view(), name="account_login_password"),
    path("glomt-losenord/", views.ResetPasswordView.as_view(), name="account_reset_password"),
    path("bekrafta/", views.ProveView.as_view(), name="account_prove"),
    path("nytt-losenord/", views.SetPasswordView.as_view(), name="account_set_password"),
    path("ny-e-post/", views.ChangeAddressView.as_view(), name="account_change_email"),
    path("logga-ut/", account.logout, name="account_logout"),
    path("stangt/", account.account_inactive, name="account_inactive"),
    path("bekrafta/losenord/", account.reauthenticate, name="account_reauthenticate"),
    path("tvafaktor/", include("allauth.mfa.urls")),
    path("oidc/<slug:provider_id>/login/", oidc.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", oidc.callback, name="openid_connect_callback"),
    path("oidc/avbruten/", socialaccount.login_cancelled, name="socialaccount_login_cancelled"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("konto/", include(konto))]

if not settings.DELIVERY_URL and not settings.PRODUCTION:
    urlpatterns.append(path("demo/mail/", demo.mail, name="demo_mail"))
