"""Leaving on Mina sidor, and saying no to what we would write afterwards (P3, P41, P42)."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, View

from members import choices, exits, membership, readlog
from members.accounts.views import member_of
from members.forms import LeaveOwnForm
from members.models import FollowUp, Topic
from members.models.consents import How
from members.views.my_pages import OWN_DATA


@method_decorator(never_cache, name="dispatch")
class LeaveView(FormView):
    """What happens when the member leaves, and the form with which she does."""

    form_class = LeaveOwnForm
    template_name = "members/leave.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.member = member_of(request)
        if self.member.left_on is not None:
            return redirect("exit_letter")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "today": timezone.localdate()}

    def form_valid(self, form: Form) -> HttpResponse:
        on, reason = form.cleaned_data["on"], form.cleaned_data["reason"]
        try:
            exits.leave(self.member, on=on, reason=reason, at=timezone.now())
        except membership.CannotEnd as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Your membership ends. This letter tells what stays."))
        return redirect("exit_letter")

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        readlog.record(self.request.user, [self.member], view="leave", purpose=OWN_DATA)
        return super().render_to_response(context, **kwargs)


@method_decorator(never_cache, name="dispatch")
class AfterExitView(View):
    """What we write to someone who has left, and the button that ends it (Art. 21(2)-(4))."""

    def get(self, request: HttpRequest) -> HttpResponse:
        member = member_of(request)
        readlog.record(request.user, [member], view="after_exit", purpose=OWN_DATA)
        wanted = [c for c in choices.of_member(member) if c.topic == Topic.AFTER_EXIT]
        context = {
            "has_left": member.left_on is not None and member.left_on < timezone.localdate(),
            "has_objected": not any(choice.is_on for choice in wanted),
            "follow_ups": FollowUp.objects.for_user(request.user).order_by("-period", "purpose"),
        }
        return render(request, "members/after_exit.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        choices.say_no(member_of(request), how=How.MY_PAGES, at=now, topics=[Topic.AFTER_EXIT])
        messages.success(request, _("You have said no. We will not write to you about this."))
        return redirect("after_exit")
