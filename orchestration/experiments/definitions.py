"""The experiments of a project, from dbt's manifest: each with the arms it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from sluice.models.errors import ConfigurationError
from sluice.models.experiment import (
    CONTACTED,
    HELD_OUT,
    ExperimentConfig,
    arms_problem,
    split_problem,
)
from sluice.models.journey import PREFIX, journey_name
from sluice.models.validation import problems_of
from sluice.orchestration.authoring.lint.jinja_rules import near

Node = Mapping[str, Any]
FIX = "correct it after docs/experiments.md"


@dataclass(frozen=True)
class Experiment:
    """One experiment: where it is written, what it is about, and the shares of its arms. ``config``
    is None where ``problem`` says what is wrong with it. ``journey``, ``segment``: whose people it
    has; ``campaign``: whose variants it is of.
    """

    name: str
    file: str
    about: str
    config: ExperimentConfig | None
    problem: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)
    journey: str | None = None
    segment: str | None = None
    campaign: str | None = None
    version: int = 0
    arms: tuple[str, ...] = ()  # those without people too

    @property
    def checked(self) -> ExperimentConfig:
        """Its definition. Raises ConfigurationError where that is wrong."""
        if self.config is None:
            raise ConfigurationError(f"{self.file}: experiments.{self.name}: {self.problem}", FIX)
        return self.config


def read_experiments(manifest: Mapping[str, Any]) -> list[Experiment]:
    """Every experiment of the project, by name; of several versions of a journey the newest."""
    found: dict[str, Experiment] = {}
    for one in sorted(_written(manifest), key=lambda each: (each.name, -each.version)):
        known = found.get(one.name)
        if known is None:
            found[one.name] = one
        elif known.journey is None or known.journey != one.journey:
            problem = f"the name is taken: {known.file} has an experiment {one.name} too"
            found[one.name] = replace(known, config=None, problem=problem)
    return list(_one_winner(found.values()))


def _one_winner(found: Iterable[Experiment]) -> Iterator[Experiment]:
    """Of several experiments with the same arms none is to roll out: the winner of one would end
    the other.
    """
    known = list(found)
    for one in known:
        others = [each.name for each in known if _is_beside(one, each)]
        if one.config is not None and one.config.on_win == "roll_out" and others:
            problem = (
                f"on_win: {others[0]} has the same arms, and a winner that is rolled out would end"
                " it: write keep, or take one of them out"
            )
            yield replace(one, config=None, problem=problem)
        else:
            yield one


def _is_beside(one: Experiment, other: Experiment) -> bool:
    if one.name == other.name or one.config is None or other.config is None:
        return False
    if one.campaign is not None:
        return one.campaign == other.campaign
    return (
        one.journey is not None
        and one.journey == other.journey
        and one.config.split == other.config.split
    )


def find_experiment(manifest: Mapping[str, Any], name: str) -> Experiment:
    """One experiment. Raises ConfigurationError that suggests near names."""
    known = {one.name: one for one in read_experiments(manifest)}
    if not known:
        raise ConfigurationError(
            "the project has no experiment yet",
            "write config.meta.experiments in the yml of a journey, segment or campaign, after"
            " docs/experiments.md",
        )
    if name not in known:
        raise ConfigurationError(
            f"there is no experiment {name}{near(name, known)}",
            "see `sluice experiments list` for the names",
        )
    return known[name]


def _written(manifest: Mapping[str, Any]) -> Iterator[Experiment]:
    models = {
        str(node["name"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    for name, node in models.items():
        written = _meta(node).get("experiments")
        if written is None:
            continue
        file = str(node.get("patch_path") or node["original_file_path"]).split("://")[-1]
        if not isinstance(written, Mapping):
            problem = "is no mapping of names to experiments"
            yield Experiment(name, file, name, None, problem)
            continue
        for experiment, definition in written.items():
            yield _read(models, node, file, str(experiment), definition)


def _read(
    models: Mapping[str, Node], node: Node, file: str, name: str, definition: Any
) -> Experiment:
    one = _about(node, Experiment(name, file, "", None))
    try:
        config = ExperimentConfig.model_validate(definition)
    except ValidationError as error:
        return replace(one, problem=problems_of(error)[0])
    if one.journey is not None:
        return _of_split(node, one, config)
    if str(node["name"]).startswith("campaign_"):
        variants = _mapping(_mapping(_meta(node).get("campaign")).get("variants"))
        if config.control in variants or (variants and config.control != HELD_OUT):
            return _of_variants(str(node["name"]), one, config, variants)
        if config.control not in (HELD_OUT, CONTACTED):
            return replace(one, problem=f"control {config.control}: the campaign has no variants")
    return _of_holdout(models, one, config)


def _about(node: Node, one: Experiment) -> Experiment:
    model, meta = str(node["name"]), _meta(node)
    if model.startswith(PREFIX):
        written = _mapping(meta.get("journey"))
        version = written.get("version")
        number = version if isinstance(version, int) else 0
        journey = journey_name(model)
        return replace(one, journey=journey, version=number, about=f"journey {journey}")
    if model.startswith("seg_"):
        segment = model.removeprefix("seg_")
        return replace(one, segment=segment, about=f"holdout of segment {segment}")
    named = _mapping(meta.get("campaign")).get("segment")
    campaign = model.removeprefix("campaign_")
    about = f"campaign {campaign}, holdout of its segment"
    return replace(one, segment=str(named) if named else None, about=about)


def _of_split(node: Node, one: Experiment, config: ExperimentConfig) -> Experiment:
    nodes = _mapping(_mapping(_meta(node).get("journey")).get("nodes"))
    if config.split is None:
        return replace(one, problem=f"names no split: write split: {_splits(nodes)}")
    split = _mapping(_mapping(nodes.get(config.split)).get("split"))
    if not split:
        problem = f"split {config.split} is no split of {one.about}{near(config.split, nodes)}"
        return replace(one, problem=f"{problem}: {_splits(nodes)}")
    shares = {str(arm): share for arm, share in split.items() if isinstance(share, int)}
    about = f"split {config.split} of {one.about}"
    if (wrong := split_problem(config, shares)) is not None:
        return replace(one, about=about, problem=wrong)
    given = {arm: share / 100 for arm, share in shares.items() if share}
    return replace(one, about=about, config=config, shares=given, arms=tuple(shares))


def _of_variants(
    model: str, one: Experiment, config: ExperimentConfig, variants: Mapping[str, Any]
) -> Experiment:
    campaign = model.removeprefix("campaign_")
    about = f"variants of campaign {campaign}"
    weights = {str(name): _mapping(body).get("weight") for name, body in variants.items()}
    shares = {name: weight for name, weight in weights.items() if isinstance(weight, int)}
    found = replace(one, about=about, campaign=campaign)
    if config.split is not None:
        return replace(found, problem="split goes with a journey: take it out")
    if sum(shares.values()) != 100:
        total = sum(shares.values())
        return replace(found, problem=f"the weights of {about} make {total}, not 100")
    if (wrong := arms_problem(config, shares, about)) is not None:
        return replace(found, problem=wrong)
    given = {arm: share / 100 for arm, share in shares.items() if share}
    return replace(found, config=config, shares=given, arms=tuple(shares))


def _splits(nodes: Mapping[str, Any]) -> str:
    found = [name for name, node in nodes.items() if "split" in _mapping(node)]
    return f"one of {', '.join(found)}" if found else "the journey has none"


def _of_holdout(
    models: Mapping[str, Node], one: Experiment, config: ExperimentConfig
) -> Experiment:
    if config.split is not None:
        return replace(one, problem="split goes with a journey: take it out")
    if config.on_win == "roll_out":
        problem = "on_win: a holdout is ended in its segment: write keep, or leave it out"
        return replace(one, problem=problem)
    if config.control not in (HELD_OUT, CONTACTED):
        return replace(one, problem=f"control is {HELD_OUT}, or leave it out")
    if one.segment is None:
        return replace(one, problem="the campaign names no segment: write campaign.segment")
    node = models.get(f"seg_{one.segment}")
    if node is None:
        return replace(one, problem=f"there is no segment {one.segment}, or it is off")
    held = _mapping(_meta(node).get("segment")).get("holdout")
    if not isinstance(held, int | float) or not 0 < held < 1:
        problem = (
            f"segment {one.segment} holds no one out: write holdout: 0.1 in seg_{one.segment}.yml"
        )
        return replace(one, problem=problem)
    return replace(one, config=config, shares={HELD_OUT: held, CONTACTED: 1 - held})


def _meta(node: Node) -> Mapping[str, Any]:
    return _mapping((node.get("config") or {}).get("meta"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
