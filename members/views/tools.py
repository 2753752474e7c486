"""The digital tools on Mina sidor (P26-P30). Answers come by POST and are gone with the page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import View

from members import readlog
from members.accounts.views import member_of
from members.models import Member, ToolResult
from members.tools import saved, tools
from members.tools.forms import ToolForm, Undeclared
from members.tools.registry import Inputs, Result, Saving, Tool, UnknownTool
from members.views.my_pages import OWN_DATA


def may_use(member: Member) -> bool:
    """The tools are part of the membership; what was saved can be seen a while longer."""
    return member.left_on is None or member.left_on >= timezone.localdate()


@never_cache
@require_GET
def tool_list(request: HttpRequest) -> HttpResponse:
    """The tools, and the results that the member has saved."""
    member = member_of(request)
    readlog.record(request.user, [member], view="tools", purpose=OWN_DATA)
    own = ToolResult.objects.for_user(request.user).defer("inputs", "result")
    context = {"tools": tools, "may_use": may_use(member), "saved": own}
    return render(request, "members/tools/list.html", context)


class ToolPage(View):
    """A tool for a member whose membership runs; 404 for everybody else."""

    tool: Tool
    member: Member

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.member = member_of(request)
        if not may_use(self.member):
            raise Http404
        try:
            self.tool = tools[kwargs["key"]]
        except UnknownTool:
            raise Http404 from None
        return super().dispatch(request, *args, **kwargs)

    def sent(self) -> ToolForm:
        """The answers as they were sent; 400 for what the tool does not ask for (P27)."""
        try:
            return ToolForm(self.tool, self.request.POST)
        except Undeclared:
            raise BadRequest from None

    def ask(self, form: ToolForm) -> HttpResponse:
        context = {"tool": self.tool, "form": form, **self.tool.about()}
        return render(self.request, f"members/tools/{self.tool.key}.html", context)


@method_decorator(never_cache, name="dispatch")
class UseToolView(ToolPage):
    """The questions; and the answer to them, of which nothing is kept."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.ask(ToolForm(self.tool))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.sent()
        if not form.is_valid():
            return self.ask(form)
        result = self.tool.work_out(form.cleaned_data)
        context = shown(self.tool, form.cleaned_data, result) | {
            "sent": [(name, value) for name, value in form.data.items() if name in form.fields],
            "can_be_saved": self.tool.saving == Saving.BY_CHOICE,
        }
        return render(request, "members/tools/result.html", context)


@method_decorator([never_cache, require_POST], name="dispatch")
class SaveResultView(ToolPage):
    """The member's choice, for this one result. The page sends the answers again."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.sent()
        if not form.is_valid():
            return self.ask(form)
        try:
            kept = saved.save(self.member, self.tool.key, form.cleaned_data, at=timezone.now())
        except saved.CannotSave as error:
            form.add_error(None, str(error))
            return self.ask(form)
        messages.success(request, _("Saved. Only you can see it, here."))
        return redirect("tool_result", public_id=kept.public_id)


def own_result(request: HttpRequest, public_id: UUID) -> ToolResult:
    """One of the member's own; another's is not to be told from none (404)."""
    own = ToolResult.objects.for_user(request.user)
    return get_object_or_404(own, member=member_of(request), public_id=public_id)


@never_cache
@require_GET
def tool_result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A saved result, as it was worked out then."""
    kept = own_result(request, public_id)
    readlog.record(request.user, [member_of(request)], view="tool_result", purpose=OWN_DATA)
    saved.opened(kept, at=timezone.now())
    context = shown(tools[kept.tool], kept.inputs, kept.result) | {"kept": kept}
    return render(request, "members/tools/result.html", context)


@method_decorator(never_cache, name="dispatch")
class DeleteResultView(View):
    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        kept = own_result(request, public_id)
        readlog.record(
            request.user, [member_of(request)], view="delete_tool_result", purpose=OWN_DATA
        )
        return render(request, "members/tools/delete.html", {"kept": kept})

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        try:
            saved.forget(own_result(request, public_id), at=timezone.now())
        except saved.CannotForget as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The result is deleted. Nothing of it is left."))
        return redirect("tools")


def shown(tool: Tool, inputs: Inputs, result: Result) -> dict[str, Any]:
    return {
        "tool": tool,
        "body": f"members/tools/_{tool.key}.html",
        **tool.show(inputs, result),
    }
