"""The forms of a project, for the service."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sluice.activations.content import LIBRARY
from sluice.activations.destinations.base import Destination
from sluice.activations.destinations.registry import Endpoints, build
from sluice.activations.inbox.address_limits import RateLimits
from sluice.activations.inbox.client_address import networks
from sluice.activations.inbox.forms.catalog import Forms
from sluice.activations.inbox.forms.confirm_sender import ConfirmSender
from sluice.activations.inbox.forms.confirming import ConfirmMails
from sluice.activations.inbox.forms.definition import Form
from sluice.activations.inbox.forms.endpoint import Parts
from sluice.activations.inbox.forms.pages import Pages
from sluice.activations.inbox.forms.submission import Desk
from sluice.activations.inbox.forms.tokens import FormTokens
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.store import Inbox
from sluice.activations.inbox.tokens import LinkSigner
from sluice.orchestration.installation.destination_settings import declared
from sluice.orchestration.installation.keys import signing_key
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.serving.entry_rules import MacroRules
from sluice.orchestration.serving.known_people import KnownPeople


def form_parts(
    settings: Settings,
    inbox: Inbox,
    commit: GroupCommit,
    public_url: str,
    sandbox: Endpoints | None,
    limits: RateLimits,
) -> Parts:
    """What is below ``/f/``. A file that comes later is served as soon as it is there."""
    content = settings.project.content
    tokens = FormTokens(LinkSigner(signing_key(settings)))
    forms, mails = Forms(content), ConfirmMails(tokens, public_url, limits)
    return Parts(
        forms,
        Pages(content),
        tokens,
        Desk(tokens, MacroRules(settings.project.package), KnownPeople(settings).find),
        mails,
        ConfirmSender(
            inbox, forms, mails, partial(confirm_client, settings, sandbox), commit.clock
        ),
        commit,
        inbox.with_key,
        public_url,
        networks(settings.project.config.serve.trusted_proxies),
        limits,
    )


def confirm_client(
    settings: Settings, sandbox: Endpoints | None, name: str, template: str
) -> Destination:
    """The destination of mails to confirm; their template is ours where the project has none."""
    said = declared(settings)
    is_own = any((said.content / "email").glob(f"{template}.*.subject.liquid"))
    return build(name, sandbox, said if is_own else replace(said, content=LIBRARY))


def form_addresses(settings: Settings, public_url: str) -> tuple[list[str], dict[str, str]]:
    """The addresses of forms, and what is wrong with those that are not served."""
    every = dict(Forms(settings.project.content).all())
    good = [f"{public_url}/f/{name}" for name, one in every.items() if isinstance(one, Form)]
    wrong = {f"form {name}": str(one) for name, one in every.items() if not isinstance(one, Form)}
    return good, wrong
