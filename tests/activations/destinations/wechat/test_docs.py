"""docs/wechat.md and the READMEs say what the code does: errcodes, words, events, settings."""

from __future__ import annotations

import re

import pytest

from sluice.activations.destinations.registry import REGISTRY
from sluice.activations.destinations.wechat.config import OfficialAccountConfig
from sluice.activations.destinations.wechat.events import EVENTS
from sluice.activations.destinations.wechat.outcomes import OFFICIAL_ACCOUNT
from tests.activations.destinations.wechat.conftest import NAMES
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "wechat.md").read_text(encoding="utf-8")
FOLDER = ROOT / "activations" / "destinations" / "wechat"


def test_every_errcode_is_in_the_table_of_the_page() -> None:
    table = PAGE.split("## What an errcode means")[1].split("WeCom has other meanings")[0]
    assert set(map(int, re.findall(r"-?\b\d{5}\b|-1\b", table))) == set(OFFICIAL_ACCOUNT)


def test_every_event_and_word_is_on_the_page() -> None:
    shown = PAGE.lower()
    defaults = OfficialAccountConfig(appid="a", secret="s")
    assert [
        word
        for word in {*EVENTS, *defaults.unsubscribe_words, *defaults.unsubscribe_menu_keys}
        if word not in shown
    ] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_destination_is_on_the_page_and_its_settings_are_real(name: str) -> None:
    assert f"[`{name}`](../activations/destinations/wechat/{name}/README.md)" in PAGE
    config = REGISTRY[name].config
    prefix = config.model_config["env_prefix"]  # type: ignore[attr-defined]
    known = {prefix + field.upper() for field in config.model_fields}  # type: ignore[attr-defined]
    readme = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(SLUICE_\w+)`", readme)) <= known


def test_the_settings_on_the_page_are_real() -> None:
    known = {"SLUICE_WECHAT_" + field.upper() for field in OfficialAccountConfig.model_fields} | {
        "SLUICE_WECHAT_"
    }
    assert set(re.findall(r"`(SLUICE_WECHAT_\w*)`", PAGE)) <= known
