"""A model that nobody has heard of, to see what its declaration alone brings about."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models

from ledarna_gdpr.fields import EncryptedTextField
from ledarna_gdpr.privacy import After, Category, PersonalData, Source, registry
from members import purposes, rules
from members.history import History
from members.models import Member


def of_parrots() -> Iterator[type[models.Model]]:
    """The model, declared, with tables and history of its own, until the generator is closed."""

    class Parrot(models.Model):  # noqa: DJ008 - nobody prints one
        owner = models.ForeignKey(Member, models.PROTECT, related_name="+")
        words = EncryptedTextField()
        heard_at = models.DateTimeField(db_index=True)
        history = History()

        class Meta:
            app_label = "members"

    class ParrotData(PersonalData):
        purpose = purposes.TOOLS
        subject = "owner"
        fields = {"owner": Category.MEMBERSHIP, "words": Category.OPINION}
        technical = {"id", "heard_at"}
        source = Source.SUBJECT
        retention = (After("heard_at", rules.R20),)

    made = [Parrot, Parrot.history.model]
    registry.register(Parrot)(ParrotData)
    with connection.schema_editor() as editor:
        for model in made:
            editor.create_model(model)
    try:
        yield Parrot
    finally:
        with connection.schema_editor() as editor:
            for model in made:
                editor.delete_model(model)
        registry.unregister(Parrot)
        for model in made:
            apps.all_models["members"].pop(model._meta.model_name)
        apps.clear_cache()
