"""How a server is asked for JSON: servers know different ways, and say so only by refusing."""

from __future__ import annotations

import threading
from typing import Any

#: From the strictest on. The second is what llama-cpp-python, llama.cpp's server and others make of a schema.
FORMS = ("json_schema", "json_object_schema", "json_object", "text")


def with_form(body: dict[str, Any], form: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a request that asks for an answer of a schema in one of `FORMS`; `text` leaves it to the words of the request."""
    asked: dict[str, Any] | None = None
    if form == "json_schema":
        asked = {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}
    elif form == "json_object_schema":
        asked = {"type": "json_object", "schema": schema}
    elif form == "json_object":
        asked = {"type": "json_object"}
    return body if asked is None else {**body, "response_format": asked}


class Manners:
    """What a server was found to take; what it refused is not tried again once something else was taken."""

    def __init__(self) -> None:
        """Begin with the strictest form, and the older name of the limit on tokens."""
        self._lock = threading.Lock()
        self._form = 0
        self._limit_name = "max_tokens"

    def forms(self) -> tuple[str, ...]:
        """Return the forms to try, in order."""
        return FORMS[self._form :]

    @property
    def limit_name(self) -> str:
        """How the server calls the limit on the tokens of an answer."""
        return self._limit_name

    def took(self, form: str) -> None:
        """Note that a request in this form was answered."""
        with self._lock:
            self._form = max(self._form, FORMS.index(form))

    def wants_other_limit(self, refusal: str) -> bool:
        """Tell whether a refusal names the newer limit on tokens instead of the one that was sent, and note it."""
        if "max_completion_tokens" not in refusal or self._limit_name == "max_completion_tokens":
            return False
        self._limit_name = "max_completion_tokens"
        return True
