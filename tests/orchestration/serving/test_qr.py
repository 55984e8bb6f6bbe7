"""``sluice qr``: files, images and the list, of a project in a folder of its own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sluice.activations.inbox.events import Event
from sluice.activations.inbox.store import Inbox
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.serving.code_files import draw_code, list_codes, write_code
from tests.activations.inbox.serving import NOW

SHOP = "https://www.shop.example/june"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    folder = tmp_path / "shop"
    (folder / "content").mkdir(parents=True)
    (folder / "sluice.yml").write_text(
        "name: shop\nserve: {public_url: 'https://hooks.shop.example/'}\n"
    )
    monkeypatch.setenv("SLUICE_PROJECT", str(folder))
    return load_settings()


def test_a_new_code_is_a_file_an_address_and_images(settings: Settings, tmp_path: Path) -> None:
    path = write_code(settings, "stand", {"to": SHOP, "campaign": "夏"})
    assert path.read_text() == f"to: {SHOP}\ncampaign: 夏\n"
    files = [tmp_path / "a.svg", tmp_path / "a.png"]
    assert draw_code(settings, "stand", files) == "https://hooks.shop.example/q/stand"
    assert ET.parse(files[0]).getroot().tag.endswith("svg")
    assert files[1].read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_the_list_counts_people_and_names_what_is_wrong(settings: Settings) -> None:
    write_code(settings, "stand", {"to": SHOP, "owner": "wang"})
    (settings.project.content / "qr" / "odd.yml").write_text("to: nowhere\n")
    inbox = Inbox(settings.inbox)
    scans = [("stand", False), ("stand", True), ("stand", False)]
    inbox.keep(
        [
            Event("qr", "scan", str(place), NOW, {"qr": code, "isMachine": machine})
            for place, (code, machine) in enumerate(scans)
        ],
        NOW,
    )
    inbox.close()
    odd, stand = list_codes(settings)
    assert stand == ("stand", SHOP, "", "", "wang", "2")
    assert odd[:2] == (
        "odd",
        "odd.yml: to: write a whole web address: https://www.shop.example/june",
    )


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("../x", {"to": SHOP}, "cannot name a code"),
        ("Stand", {"to": SHOP}, "cannot name a code"),
        ("stand", {"to": "nowhere"}, "write a whole web address"),
        ("there", {"to": SHOP}, "there is a code 'there' already"),
    ],
)
def test_what_is_no_code_is_not_written(
    settings: Settings, name: str, values: dict[str, str], reason: str
) -> None:
    write_code(settings, "there", {"to": SHOP})
    with pytest.raises(ConfigurationError, match=reason):
        write_code(settings, name, values)
    assert [path.name for path in settings.project.content.rglob("*.yml")] == ["there.yml"]


@pytest.mark.parametrize(
    ("name", "file", "reason"),
    [("none", "a.svg", "no code 'none'"), ("there", "a.gif", "no .svg or .png")],
)
def test_what_cannot_be_drawn_is_refused(
    settings: Settings, tmp_path: Path, name: str, file: str, reason: str
) -> None:
    write_code(settings, "there", {"to": SHOP})
    with pytest.raises(ConfigurationError, match=reason):
        draw_code(settings, name, [tmp_path / file])
    assert not (tmp_path / file).exists()
