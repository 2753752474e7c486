"""What a member sends to a tool: the declared fields, each once, and not one more (P27)."""

from collections.abc import Collection

from django import forms
from django.http import QueryDict

from members.tools.registry import Tool

#: Django's own, no answer.
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - a field name


class Undeclared(Exception):
    """Something was sent that the tool does not ask for."""


class ToolForm(forms.Form):
    """The form of a tool, made of its declaration. Nothing in it is filled in beforehand."""

    def __init__(self, tool: Tool, data: QueryDict | None = None) -> None:
        """Raises ``Undeclared``."""
        if data is not None:
            refuse_undeclared(data, tool.names)
        super().__init__(data, label_suffix="", auto_id="%s")
        self.fields = {field.name: field.form_field() for field in tool.fields}


def refuse_undeclared(data: QueryDict, names: Collection[str]) -> None:
    """Raises ``Undeclared`` for a field that is not declared, or one that is sent twice."""
    for name, values in data.lists():
        if name != TOKEN and (name not in names or len(values) > 1):
            raise Undeclared
