"""Each list of the admin takes as many queries for many rows as for one."""

import datetime as dt

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import models as cases
from courses import models as courses
from dsar import models as dsar
from members import models as members
from tests.factories import factory_of
from tests.factories.accounts import ImportJobFactory
from tests.factories.cases import OccurrenceFactory
from tests.factories.choices import WithdrawalFactory
from tests.factories.courses import (
    OccasionFactory,
    PlatformFactory,
)
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import (
    MemberFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 1, 1)
MAKE = {
    members.User: lambda n: StaffFactory(),
    members.ReadLog: lambda n: members.ReadLog.objects.create(
        at=timezone.now(), actor_id=StaffFactory().pk, subject_id=n, view="x", purpose="x"
    ),
    # Nobody is above the need to know: the reader has to be its handler.
    cases.Case: lambda n: OccurrenceFactory(
        case__handler=members.User.objects.get(is_superuser=True), case__due_on=TODAY
    ),
    members.ImportJob: lambda n: ImportJobFactory(created_by=StaffFactory()),
    courses.ColumnMapping: lambda n: courses.ColumnMapping.objects.create(
        name=f"x{n}", name_heading="x", minutes_heading="x"
    ),
    courses.Occasion: lambda n: OccasionFactory(zoom=True),
    courses.Platform: lambda n: PlatformFactory(name=f"x{n}"),
    members.Consent: lambda n: WithdrawalFactory().consent,
    dsar.LegalHold: lambda n: dsar.LegalHold.objects.create(
        member=MemberFactory(), reason="x" * 15, set_by=StaffFactory(), set_on=TODAY, until=TODAY
    ),
    dsar.PeriodChange: lambda n: dsar.PeriodChange.objects.create(
        rule="R1", months=n, reason="x" * 15, proposed_by=StaffFactory(), proposed_at=timezone.now()
    ),
    dsar.SweepRun: lambda n: dsar.SweepRun.objects.create(
        on=TODAY + dt.timedelta(days=n), started_at=timezone.now(), heartbeat_at=timezone.now()
    ),
    dsar.Receipt: lambda n: dsar.Receipt.objects.create(
        at=timezone.now(),
        request=SubjectRequestFactory(),
        model="members.Member",
        outcome="erased",
        count=n,
    ),
    dsar.NoticeVersion: lambda n: dsar.NoticeVersion.objects.create(
        version=n, language="sv", valid_from=TODAY + dt.timedelta(days=n), text="x", sha256="x"
    ),
    dsar.DataProtectionOfficer: lambda n: dsar.DataProtectionOfficer.objects.create(
        name="x", valid_from=TODAY + dt.timedelta(days=n), valid_to=TODAY + dt.timedelta(days=n)
    ),
}


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_a_list_takes_as_many_queries_for_many_rows_as_for_one(client, model):
    client.force_login(StaffFactory(is_superuser=True))
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    make = MAKE.get(model, lambda n: factory_of(model)())
    make(1)
    client.get(address)

    with CaptureQueriesContext(connection) as for_one:
        client.get(address)
    for n in range(2, 6):
        make(n)
    with CaptureQueriesContext(connection) as for_many:
        response = client.get(address)

    assert len(response.context["cl"].result_list) >= 5
    assert len(for_many) == len(for_one)
