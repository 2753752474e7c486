"""Who else has received data (Art. 15(1)(c), 15(2) and 30(1)(d)–(e)), through the declarations."""

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from django.utils.translation import gettext as _

from ledarna_gdpr.privacy import PersonalData, Recipient, registry
from ledarna_gdpr.privacy.declarations import follow
from ledarna_gdpr.privacy.words import EEA, Purpose

#: A recipient as it is told: name, country, safeguard, data, notice; what is unknown is empty.
Told = dict[str, str]
PARTS = ("name", "country", "safeguard", "data", "notice")


def of_people(declaration: PersonalData, keys: list[Any]) -> Iterator[tuple[Any, Told]]:
    """Who received what of these people's records of a model: (person, recipient). One query."""
    recipient = declaration.recipient
    if recipient is None:
        return
    named = declaration.records_of(keys).filter(**{f"{recipient.name}__gt": ""})
    rows = named.order_by().values_list(declaration.subject, *recipient.paths).distinct()
    told = cache(partial(_told, declaration, recipient))  # many people have one in common
    for key, *values in rows:
        yield key, told(tuple(values))


def known(purpose: Purpose) -> list[Told]:
    """The recipients that a purpose's data can go to, where they are kept in a register."""
    found = []
    for declaration in registry:
        recipient = declaration.recipient
        if recipient is None or declaration.purpose != purpose or "__" not in recipient.name:
            continue
        register, _sep, _name = recipient.name.rpartition("__")
        names = [path.removeprefix(f"{register}__") for path in recipient.paths]
        rows = follow(declaration.model, register).related_model._base_manager  # type: ignore[union-attr]
        for values in rows.filter(**{f"{names[0]}__gt": ""}).order_by("pk").values_list(*names):
            told = _told(declaration, recipient, values)
            if told not in found:
                found.append(told)
    return found


def in_words(recipient: Told) -> str:
    """``Zoom Communications, Inc. (US): IP address and name``."""
    words = (
        f"{recipient['name']} ({recipient['country']})"
        if recipient["country"]
        else (recipient["name"])
    )
    return f"{words}: {recipient['data']}" if recipient["data"] else words


def transfers(recipients: list[Told]) -> list[str]:
    """Those outside the EEA, with the safeguard that the transfer rests on."""
    return [
        _("%(recipient)s, country %(country)s. Safeguard: %(safeguard)s.")
        % {
            "recipient": told["name"],
            "country": told["country"],
            "safeguard": told["safeguard"] or _("not recorded"),
        }
        for told in recipients
        if is_outside_eea(told)
    ]


def is_outside_eea(recipient: Told) -> bool:
    return bool(recipient["country"]) and recipient["country"] not in EEA


def _told(declaration: PersonalData, recipient: Recipient, values: Any) -> Told:
    by_path = dict(zip(recipient.paths, values, strict=True))
    told = {}
    for part in PARTS:
        path = getattr(recipient, part)
        value = by_path.get(path) or ""
        if value and (mask := declaration.masked.get(path)):
            value = mask(value).text
        elif value:
            value = dict(follow(declaration.model, path).flatchoices).get(value, value)
        told[part] = str(value)
    return told
