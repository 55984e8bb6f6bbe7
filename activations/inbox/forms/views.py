"""The pages of forms as answers: the form with what is to be corrected, and one message."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sluice.activations.inbox.answers import reply
from sluice.activations.inbox.forms.definition import Form
from sluice.activations.inbox.forms.origin_of_visit import MOST_URL, without_ours
from sluice.activations.inbox.forms.pages import Pages, describe, headers_of, language_links
from sluice.activations.inbox.forms.submission import Call, Result
from sluice.activations.inbox.forms.tokens import FormTokens
from sluice.activations.inbox.forms.wording import choose_language, say
from sluice.models.errors import ContentError

log = logging.getLogger(__name__)
HTML = "text/html; charset=utf-8"


def language_of(request: Request, form: Form) -> str:
    """The language that a form is shown in."""
    query, headers = request.query_params, request.headers
    return choose_language(
        form.languages, query.get("lang", ""), headers.get("accept-language", "")
    )


@dataclass(frozen=True)
class Views:
    """Answers pages. ``base``: how the service is reached."""

    pages: Pages
    tokens: FormTokens
    clock: Callable[[], datetime]
    base: str

    def page(
        self,
        request: Request,
        name: str,
        form: Form,
        call: Call | None = None,
        result: Result | None = None,
        status: int = 200,
    ) -> Response:
        """The form in the language of who asks; ``result``: what is to be corrected."""
        language = call.language if call else language_of(request, form)
        given = call.given if call else {}
        described = describe(name, form, language, given, result.errors if result else {})
        query = {key: text for key, text in request.query_params.items() if key != "lang"}
        values = {
            "form": described,
            "title": described["title"],
            "language": language,
            "languages": language_links(form, name, query),
            "message": result.message if result else "",
            "hidden": self._hidden(request, name, given, result),
        }
        return self._rendered(name, form.page, language, values, headers_of(form), status)

    def _hidden(
        self,
        request: Request,
        name: str,
        given: Mapping[str, list[str]],
        result: Result | None,
    ) -> list[dict[str, str]]:
        """What goes back with the page, unseen. After a fault the token stays, so that it is known
        when the page was first shown.
        """
        url = without_ours(f"{self.base}{request.url.path}?{request.url.query}")
        shown = {
            "_page": url,
            "_referrer": request.headers.get("referer", "")[:MOST_URL],
            "_link": request.query_params.get("t", "")[:100],
        }
        if result is not None:
            shown = {key: (given.get(key) or [""])[0][:MOST_URL] for key in shown}
        token = (given.get("_token") or [""])[0]
        if result is None or result.code == "stale":
            token = self.tokens.page(name, self.clock())
        return [{"name": key, "value": text} for key, text in {"_token": token, **shown}.items()]

    def notice(
        self, name: str, form: Form | None, language: str, status: int, values: dict[str, str]
    ) -> Response:
        """A page of one message: thanks, a question, a refusal."""
        shown: dict[str, Any] = {"note": "", "button": "", "link": "", "link_text": "", **values}
        shown |= {"language": language, "languages": [], "form": {"captcha": None}}
        headers = {"Referrer-Policy": "same-origin"} if form is None else headers_of(form)
        return self._rendered(name, "thanks", language, shown, headers, status)

    def _rendered(
        self,
        name: str,
        template: str,
        language: str,
        values: Mapping[str, Any],
        headers: Mapping[str, str],
        status: int,
    ) -> Response:
        try:
            page = self.pages.render(template, language, values)
        except ContentError as error:
            log.error("form %s: %s", name, error)
            return reply(say(language, "unavailable") + "\n", 503)
        return reply(page, status, HTML, headers)
