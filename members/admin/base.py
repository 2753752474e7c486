"""What every admin page over people's data has in common (laws 1, 8, 10 and 11)."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin

from ledarna_gdpr.privacy.words import Text
from members import readlog
from members.admin.paginator import RegisterPaginator
from members.admin.search import PrivateSearchList, keep
from members.models import Member, User


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: what was sent, or nothing when the page is only opened."""
    return request.POST if request.method == "POST" else None


def name_of(user: Any) -> str:
    """The employee, for a screen."""
    return user.get_full_name() if user else "–"


class NoDeletion:
    """Mixed into each admin class, inlines included: rows leave through the destroyer only."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NamedBoxes(forms.models.BaseInlineFormSet):
    """For rows of a table, where the head of a column is all that names its boxes."""

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", field.label)


class ReadOnly(NoDeletion):
    """Rows that are made elsewhere and changed by nobody."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MemberNumberField(forms.ModelChoiceField):
    """A member, chosen by number: a list of names to choose from would show the register."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {
        "invalid_choice": _("There is no member with that number among those you may see."),
    }

    def __init__(self, *, user: Any, **kwargs: Any) -> None:
        kwargs |= {"queryset": Member.objects.for_user(user), "to_field_name": "member_number"}
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):  # the key that a form reads from its row
            return self.queryset.filter(pk=value).values_list("member_number", flat=True).first()
        return super().prepare_value(value)


class DeskAdmin(NoDeletion, admin.ModelAdmin):
    """The manners of the house, also for tables that hold nobody."""

    actions = None
    list_per_page = 100
    list_max_show_all = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count the whole table for each choice
    view_on_site = False
    #: What its services raise, with a message that is shown as it is.
    refusal: type[Exception] = ValidationError

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # Django's one label stands beside two boxes and names neither.
        if field and isinstance(field.widget, AdminSplitDateTime):
            for box, text in zip(field.widget.widgets, (_("Date:"), _("Time:")), strict=True):
                box.attrs["aria-label"] = f"{field.label}, {text}"
        return field

    # --- pages about one row ------------------------------------------------------------------

    def object_url(
        self, name: str, page: Callable[..., HttpResponse], *, permission: str
    ) -> URLPattern:
        """``<pk>/<name>/``, for those with the permission; ``page`` gets the row, and what the
        name holds besides: ``correct/<int:note>``."""

        def view(request: HttpRequest, object_id: int, **more: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            found = self.get_object(request, str(object_id))
            if found is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
            return page(request, found, **more)

        first = name.partition("/")[0]
        return path(
            f"<int:object_id>/{name}/",
            self.admin_site.admin_view(view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_{first}",
        )

    def ask(
        self,
        request: HttpRequest,
        about: Any,
        form: forms.Form,
        *,
        title: Text,
        text: Text,
        button: Text,
        **context: Any,
    ) -> HttpResponse:
        """The page between a button and its consequence: what will happen, what it needs."""
        context |= {
            **self.admin_site.each_context(request),
            "title": title,
            "text": text,
            "button": button,
            "form": form,
            "original": about,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/ask.html", context)

    def step(
        self,
        request: HttpRequest,
        about: Any,
        form: Any,
        service: Callable[[], Any],
        *,
        done: Text = "",
        **page: Any,
    ) -> HttpResponse:
        """Ask, carry the step out once the form is right, and go back to what it was about."""
        if request.method == "POST" and form.is_valid():
            try:
                service()
            except self.refusal as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, about, str(page["title"]))
                self.message_user(request, str(done or _("Done.")), messages.SUCCESS)
                return self.after_step(request, about)
        return self.ask(request, about, form, **page)

    def after_step(self, request: HttpRequest, about: Any) -> HttpResponse:
        return self.back_to(about)

    def back_to(self, about: Any) -> HttpResponse:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[about.pk]))


class ForUserAdmin(DeskAdmin):
    """Rows of ``for_user`` alone; what they show of people is logged before it is shown.

    A row outside ``for_user`` is answered exactly as one that does not exist.
    """

    #: From a row to its member; empty where the row is the member.
    member_path = "member"
    read_purpose = _("administration in the back-office")
    paginator = RegisterPaginator

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_user(request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PrivateSearchList

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None and self.has_view_or_change_permission(request, found):
            self.log_read(request, [found])
        return found

    def log_read(self, request: HttpRequest, rows: Iterable[Any]) -> None:
        """A row in the read log for each member whose data these rows show."""
        members: dict[int, Member] = {}
        for row in rows:
            member = row
            for step in self.member_path.split("__") if self.member_path else ():
                member = member and getattr(member, step)
            if member is not None:
                members[member.pk] = member
        if members:
            view = request.resolver_match.view_name if request.resolver_match else ""
            readlog.record(request.user, members.values(), view=view, purpose=self.read_purpose)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """By whole numbers; an admin class that knows more forms says so itself."""
        if not search_term:
            return queryset, False
        if not (search_term.isascii() and search_term.isdigit() and len(search_term) < 19):
            return queryset.none(), False
        wanted = models.Q()
        for path_to_number in self.search_fields:
            wanted |= models.Q(**{path_to_number: int(search_term)})
        return queryset.filter(wanted), False

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.is_relation and db_field.related_model is Member:
            return MemberNumberField(
                user=request.user,
                label=_("Member number"),
                required=not db_field.blank,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        member = str(initial.get("member", ""))
        return initial | ({"member": int(member)} if member.isdecimal() else {})

    # --- search by POST, so that names stay out of addresses and logs -------------------------

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_search"
        search = self.admin_site.admin_view(require_POST(self.search_view))
        return [path("search/", search, name=name), *super().get_urls()]

    @property
    def search_address(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_search")

    def search_view(self, request: HttpRequest) -> HttpResponse:
        """Keep the words in the session and go to the list with their token."""
        if not self.has_view_or_change_permission(request):
            raise Http404
        kept = request.GET.copy()
        for parameter in ("q", "p", "e"):
            kept.pop(parameter, None)
        if text := request.POST.get("q", "").strip():
            kept["q"] = keep(request, text)
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return HttpResponseRedirect(f"{address}?{kept.urlencode()}" if kept else address)


class WithHistoryAdmin(ForUserAdmin, SimpleHistoryAdmin):
    """Who changed what and when. Old values are shown, never brought back."""

    object_history_list_template = "admin/history_list.html"
    #: Fields whose changes say nothing to a reader, or what no reader may see.
    history_silent_about: tuple[str, ...] = ()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if self.get_object(request, unquote(object_id)) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_view_title(self, request: HttpRequest, obj: Any) -> str:
        return gettext("History: %(record)s") % {"record": obj}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["sees_history"] = self.has_view_history_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = False
    ) -> None:
        records = list(historical_records)
        authors = {record.history_user_id for record in records}
        names = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=authors)}
        for record in records:
            record.author = names.get(record.history_user_id, "")
        for newer, older in pairwise(records):
            delta = newer.diff_against(
                older,
                excluded_fields=self.history_silent_about,
                foreign_keys_are_objs=foreign_keys_are_objs,
            )
            newer.changes = [
                (self.opts.get_field(change.field), change.old, change.new)
                for change in delta.changes
            ]
        changes = [change for record in records for change in getattr(record, "changes", [])]
        in_words = _words_of(changes)
        for record in records[:-1]:
            record.changes = [
                (field.verbose_name, in_words(field, old), in_words(field, new))
                for field, old, new in record.changes
            ]


def _words_of(changes: Iterable[tuple[Any, Any, Any]]) -> Callable[[Any, Any], Any]:
    """How the values of these changes are shown: names for keys, titles for codes. A query for
    each relation among them; what has been erased since stays a key."""
    keys: dict[Any, set[Any]] = {}
    for field, old, new in changes:
        if field.is_relation:
            keys.setdefault(field, set()).update({old, new} - {None})
    named = {
        field: {
            row.pk: row.get_full_name() if isinstance(row, User) else str(row)
            for row in field.related_model._base_manager.filter(pk__in=wanted)
        }
        for field, wanted in keys.items()
    }

    def in_words(field: Any, value: Any) -> Any:
        if field.is_relation:
            return named[field].get(value, value)
        return dict(field.flatchoices).get(value, value)

    return in_words
