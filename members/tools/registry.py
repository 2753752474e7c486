"""What a tool declares, and the registry of those that are offered (P26)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledarna_gdpr.privacy import Rule
from ledarna_gdpr.privacy.words import Text

Inputs = dict[str, Any]
Result = dict[str, Any]


class Saving(models.TextChoices):
    NEVER = "never", gettext_lazy("Results cannot be saved.")
    BY_CHOICE = "by_choice", gettext_lazy("Nothing is saved unless you choose to, each time.")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A statement and how far it is true, from ``lowest`` to ``highest``."""

    name: str
    label: Text
    lowest: int
    highest: int
    #: What the two ends mean.
    ends: tuple[Text, Text]

    def form_field(self) -> forms.Field:
        meanings = dict(zip((self.lowest, self.highest), self.ends, strict=True))
        steps = range(self.lowest, self.highest + 1)
        return forms.TypedChoiceField(
            label=str(self.label),
            choices=[(step, f"{step} {meanings.get(step, '')}".strip()) for step in steps],
            coerce=int,
            widget=forms.RadioSelect(attrs={"class": "scale"}),
            error_messages={"required": _("Choose a number, also if you are in doubt.")},
        )


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of a fixed list."""

    name: str
    label: Text
    choices: tuple[tuple[str, Text], ...]

    def form_field(self) -> forms.Field:
        return forms.ChoiceField(
            label=str(self.label),
            choices=[("", _("Choose")), *self.choices],
            error_messages={"required": _("Choose one from the list.")},
        )


class WholeNumber(forms.IntegerField):
    """Takes ``58 300`` as people write it."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)


@dataclass(frozen=True, kw_only=True)
class Number:
    """A whole number within bounds, or nothing."""

    name: str
    label: Text
    lowest: int
    highest: int
    help_text: Text = ""

    def form_field(self) -> forms.Field:
        bounds = {"low": self.lowest, "high": self.highest}
        wrong = _("Enter a whole number from %(low)d to %(high)d, or nothing.") % bounds
        return WholeNumber(
            label=str(self.label),
            help_text=str(self.help_text),
            min_value=self.lowest,
            max_value=self.highest,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
        )


Field = Scale | Choice | Number


@dataclass(frozen=True, kw_only=True)
class Tool:
    key: str
    title: Text
    #: What the answers are used for, and nothing else (P28).
    purpose: Text
    fields: tuple[Field, ...]
    saving: Saving
    #: How long a saved result is kept.
    retention: tuple[Rule, ...]
    #: The result of some answers. It sees nothing but them.
    work_out: Callable[[Inputs], Result]
    #: What the templates show of answers and result.
    show: Callable[[Inputs, Result], dict[str, Any]]
    #: What the templates say of how it is worked out.
    about: Callable[[], dict[str, Any]]

    @property
    def names(self) -> set[str]:
        return {field.name for field in self.fields}


class UnknownTool(LookupError):
    """There is no such tool."""


class AlreadyRegistered(Exception):
    """Two tools have the same key."""


class Tools:
    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def register(self, tool: Tool) -> None:
        if tool.key in self._tools:
            raise AlreadyRegistered(tool.key)
        self._tools[tool.key] = tool

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __getitem__(self, key: str) -> Tool:
        """Raises ``UnknownTool``."""
        try:
            return self._tools[key]
        except KeyError:
            raise UnknownTool(key) from None


tools = Tools()
