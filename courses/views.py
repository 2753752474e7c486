"""Courses on Mina sidor: what is held, one's own places, and the way in."""

from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import FormView

from courses import icalendar, joining, registering
from courses.forms import RegistrationForm
from courses.models import Occasion, OccasionMessage, Platform, Registration, SpecialNeed
from members import readlog
from members.accounts.views import account_of, member_of
from members.formats import country_name
from members.models import Member

OWN_COURSES = gettext_lazy("the member's own reading")


def own_registrations(member: Member) -> Any:
    """The member's own, also where her account is an employee's as well."""
    return Registration.objects.filter(member=member).select_related("occasion__platform")


def occasion_of(request: HttpRequest, public_id: UUID) -> Occasion:
    """A published occasion; one that is not is not to be told from none (404)."""
    found = Occasion.objects.published().with_counts().select_related("platform")
    return get_object_or_404(found, public_id=public_id)


def active_registration(member: Member, occasion: Occasion) -> Registration | None:
    own = own_registrations(member).active().filter(occasion=occasion)
    return own.select_related("special_need").first()


@never_cache
@require_GET
def my_courses(request: HttpRequest) -> HttpResponse:
    """What one can register for, what one has registered for, and what has been (P14)."""
    member = member_of(request)
    now = timezone.now()
    readlog.record(request.user, [member], view="my_courses", purpose=OWN_COURSES)
    own = list(own_registrations(member).order_by("occasion__starts_at"))
    ahead = [row for row in own if row.is_active and not row.occasion.has_ended(now)]
    registered = {row.occasion_id for row in ahead}
    upcoming = Occasion.objects.published().to_come(now).with_counts().select_related("platform")
    context = {
        "ahead": ahead,
        "past": [row for row in reversed(own) if row not in ahead],
        "upcoming": [
            occasion
            for occasion in upcoming.order_by("starts_at")
            if occasion.pk not in registered and now < occasion.closes_at
        ],
        "now": now,
    }
    return render(request, "courses/my_courses.html", context)


@method_decorator(never_cache, name="dispatch")
class OccasionView(FormView):
    """One occasion: the form to register by, or what one's registration says."""

    form_class = RegistrationForm
    template_name = "courses/occasion.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.member = member_of(request)
        self.occasion = occasion_of(request, kwargs["public_id"])
        self.registration = active_registration(self.member, self.occasion)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "occasion": self.occasion}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        readlog.record(self.request.user, [self.member], view="occasion", purpose=OWN_COURSES)
        occasion, registration = self.occasion, self.registration
        left = None
        if occasion.places is not None:
            left = max(0, occasion.places - occasion.taken)  # type: ignore[attr-defined]
        messages_to_her = OccasionMessage.objects.none()
        if registration and registration.has_a_place:
            messages_to_her = occasion.messages.filter(created_at__gte=registration.registered_at)
        return super().get_context_data(**kwargs) | {
            "occasion": occasion,
            "registration": registration,
            "special_need": getattr(registration, "special_need", None),
            "is_open": occasion.is_open(now),
            "has_ended": occasion.has_ended(now),
            "opens_later": bool(
                occasion.registration_opens_at and occasion.registration_opens_at > now
            ),
            "left": left,
            "letters": messages_to_her,
            **shared_with(occasion.platform),
        }

    def form_valid(self, form: RegistrationForm) -> HttpResponse:
        try:
            made = registering.register(
                self.member,
                self.occasion,
                need=form.need,
                invoice_reference=form.cleaned_data.get("invoice_reference", ""),
                by=account_of(self.request),
                at=timezone.now(),
            )
        except registering.CannotRegister as error:
            messages.error(self.request, str(error))  # the page has no form any more
            return redirect("occasion", public_id=self.occasion.public_id)
        done = _("You are on the waiting list.")
        if made.has_a_place:
            done = _("You are registered.")
        messages.success(self.request, done)
        return redirect("occasion", public_id=self.occasion.public_id)


def shared_with(platform: Platform | None) -> dict[str, Any]:
    """What the pages tell of the company behind a platform (P20–P25)."""
    if platform is None:
        return {}
    return {
        "platform": platform,
        "country": country_name(platform.country),
        "is_vimeo": platform.player == Platform.Player.VIMEO,
    }


def own_place(request: HttpRequest, public_id: UUID) -> Registration:
    """The member's active registration for an occasion, or 404."""
    member = member_of(request)
    found = active_registration(member, occasion_of(request, public_id))
    if found is None:
        raise Http404
    return found


@never_cache
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asks first: the place may be somebody else's a moment later."""
    registration = own_place(request, public_id)
    occasion = registration.occasion
    if request.method == "POST":
        try:
            registering.cancel(registration, by=account_of(request), at=timezone.now())
        except registering.CannotRegister as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("You have cancelled."))
            tell_of_need(request, registration)
        return redirect("occasion", public_id=occasion.public_id)
    readlog.record(
        request.user, [registration.member], view="cancel_registration", purpose=OWN_COURSES
    )
    return render(
        request,
        "courses/cancel.html",
        {"occasion": occasion, "registration": registration},
    )


@never_cache
@require_POST
def take_back_need(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """As easily as it was given (Art. 7(3))."""
    registration = own_place(request, public_id)
    registering.take_back_need(registration, at=timezone.now())
    tell_of_need(request, registration)
    return redirect("occasion", public_id=public_id)


def tell_of_need(request: HttpRequest, registration: Registration) -> None:
    """What has become of what was told of needs: a legal hold may keep it for a while."""
    if SpecialNeed.objects.filter(registration=registration).exists():
        messages.warning(
            request,
            _("What you told of needs must be kept for a legal claim. It goes when that is over."),
        )
    else:
        messages.success(request, _("Nothing is left of what you told of needs."))


@never_cache
@require_GET
def join(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The way in, below what the company behind it learns. Only for those who have a place."""
    registration = own_place(request, public_id)
    occasion = registration.occasion
    is_over = occasion.has_ended(timezone.now())
    if occasion.platform is None or not registration.has_a_place or is_over:
        raise Http404
    readlog.record(request.user, [registration.member], view="join", purpose=OWN_COURSES)
    context = {"occasion": occasion, **shared_with(occasion.platform)}

    @csp_update({"frame-src": [joining.VIMEO_PLAYER]})
    def watch(request: HttpRequest) -> HttpResponse:
        """The one page on which Vimeo's player may be framed, once the member asks for it."""
        player = joining.player_address(occasion)
        return render(request, "courses/watch.html", context | {"player": player})

    if occasion.platform.player == Platform.Player.VIMEO:
        response = watch(request)
    else:
        response = render(request, "courses/join.html", context)
    response["X-DNS-Prefetch-Control"] = "off"  # not even the name is looked up before a click
    return response


@never_cache
@require_GET
def calendar(request: HttpRequest, public_id: UUID) -> HttpResponse:
    registration = own_place(request, public_id)
    readlog.record(request.user, [registration.member], view="calendar", purpose=OWN_COURSES)
    occasion = registration.occasion
    page = request.build_absolute_uri(reverse("occasion", args=[occasion.public_id]))
    response = HttpResponse(
        icalendar.render(occasion, address=page, at=timezone.now()),
        content_type="text/calendar; charset=utf-8",
    )
    response["Content-Disposition"] = 'attachment; filename="kalender.ics"'
    return response
