"""What a campaign or sync says: one digest over its files."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sluice.activations.content.filling import BLOCK
from sluice.models.config import GROUP_ROBOT
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.past import own_home

if TYPE_CHECKING:
    from sluice.orchestration.plan.activation_registry import Activation

GLOB = ":(glob)"
BUILT = frozenset({"target", "dbt_packages", "logs", "node_modules"})


class Contents:
    """Digests of a project's campaigns and syncs by name, for approvals that hold for one content
    alone.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def digest(self, activation: str) -> str | None:
        """SHA-256 (hex) of what it is made of now; None where there is no such campaign or sync."""
        found = self._activations.get(activation)
        if found is None:
            return None
        texts = templates_of(found.config)
        files = files_of(self.settings.project.root, found.name, found.model, texts)
        return digest_of(read_files(self.settings, files))

    @cached_property
    def _activations(self) -> dict[str, Activation]:
        """Of the project as it was read first; their files are read anew each time."""
        from sluice.orchestration.dbt.runner import Dbt  # dbt is asked only where four eyes are
        from sluice.orchestration.plan.activation_registry import find_activations

        found = find_activations(Dbt(self.settings).manifest, problems=[])
        return {one.name: one for one in found}


def templates_of(config: object) -> list[str]:
    """The template of a campaign, and those of its variants; of a sync to the group robot its
    text, of any other none.
    """
    variants = getattr(config, "variants", None) or {}
    named = [getattr(one, "template", None) for one in (config, *variants.values())]
    if getattr(config, "destination", "") == GROUP_ROBOT:
        named.append(getattr(config, "object", None))
    return list(dict.fromkeys(str(one) for one in named if one is not None))


def files_of(root: Path, activation: str, model: str, templates: Iterable[str]) -> list[str]:
    """What a campaign or sync is made of, as git's patterns: its model and yml, its templates in
    every language, and the blocks that they include, however deep.
    """
    patterns = [
        f"{GLOB}**/{name}" for name in (f"{model}.sql", f"{model}.yml", f"{activation}.yml")
    ]
    texts = [f"{GLOB}content/**/{template}.*" for template in templates]
    for pattern in texts:  # which grows: a block may include another
        for file in sorted((root / "content").glob(pattern.removeprefix(f"{GLOB}content/"))):
            blocks = BLOCK.findall(file.read_text(encoding="utf-8", errors="replace"))
            new = (f"{GLOB}content/**/blocks/{block}.*" for block in blocks)
            texts += [one for one in dict.fromkeys(new) if one not in texts]
    return [*patterns, *texts]


def digest_of(files: Iterable[tuple[str, bytes]]) -> str:
    """SHA-256 (hex) of paths below the project and what is in them, in any order."""
    whole = hashlib.sha256()
    for path, content in sorted(files):
        whole.update(f"{path}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def read_files(settings: Settings, patterns: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The project's files that match, as they stand; what tools build or keep is left out."""
    root, wanted = settings.project.root, matcher(patterns)
    kept = {own_home(settings.home).resolve(), settings.raw.resolve()}
    for folder, below, names in os.walk(root):
        below[:] = [
            one for one in below if is_source(one) and (Path(folder) / one).resolve() not in kept
        ]
        for name in names:
            path = (Path(folder) / name).relative_to(root).as_posix()
            if wanted.fullmatch(path):
                yield path, (Path(folder) / name).read_bytes()


def is_source(folder: str) -> bool:
    """Whether people write the files of a folder of this name."""
    return not folder.startswith(".") and folder not in BUILT


def matcher(patterns: Iterable[str]) -> re.Pattern[str]:
    """Git's patterns as one regular expression over paths below the project."""
    each = (re.escape(one.removeprefix(GLOB)) for one in patterns)
    written = (one.replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*") for one in each)
    return re.compile("|".join(written))
