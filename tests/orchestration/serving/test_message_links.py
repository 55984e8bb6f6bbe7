"""Links of each message: the preference page always, the one to share where sluice.yml names a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.activations.inbox.sharing import token_reader
from sluice.activations.inbox.tokens import LinkSigner
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.keys import signing_key
from sluice.orchestration.installation.project import open_project
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.serving.preferences import with_links
from tests.activations.destinations.sms.sms_items import sms

BASE = "https://hooks.shop.example"


def settings_of(folder: Path, serve: str, patch: pytest.MonkeyPatch) -> Settings:
    (folder / "home").mkdir()
    patch.setenv("SLUICE_HOME", str(folder / "home"))
    (folder / "sluice.yml").write_text(f"name: shop\nserve: {{{serve}}}\n")
    return load_settings(open_project(folder))


@pytest.mark.parametrize(
    ("serve", "names"),
    [
        ("", []),
        (f"public_url: '{BASE}'", ["preferences_url"]),
        (f"public_url: '{BASE}', share_to: 'https://shop.example/i'", ["preferences_url", "share_url"]),
    ],
)  # fmt: skip
def test_message_has_the_links_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: str, names: list[str]
) -> None:
    settings = settings_of(tmp_path, serve, monkeypatch)
    ((message,),) = with_links(iter([[sms(7)]]), settings)
    assert [one for one in message.values if one.endswith("_url")] == names  # type: ignore[union-attr]
    if "share_url" in names:
        token = str(message.values["share_url"]).removeprefix(f"{BASE}/r/")  # type: ignore[union-attr]
        assert token_reader(LinkSigner(signing_key(settings)))(token) == 7


@pytest.mark.parametrize(
    "address",
    ["shop.example", "javascript:alert(1)", "//evil.example", "https://a@b.example", "https://a b"],
)
def test_page_to_share_is_a_web_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"serve\.share_to"):
        settings_of(tmp_path, f"share_to: '{address}'", monkeypatch)
