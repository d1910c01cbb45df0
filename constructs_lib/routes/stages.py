"""The CDK Stages below a construct, each of which CDK synthesizes by itself."""

import time
from pathlib import Path

from aws_cdk import Stage
from constructs import IConstruct

_BEGAN = time.time()


def stage_around(scope: IConstruct) -> Stage:
    """The app or Stage that a construct is synthesized with.

    Raises:
        ValueError: there is none.
    """
    stage = scope if isinstance(scope, Stage) else Stage.of(scope)  # which gives none of itself
    if stage is None:
        message = (
            f"{scope.node.path}: got a construct outside of any app, routes are applied at its synthesis"
        )
        raise ValueError(message)
    return stage


def stage_name(stage: Stage) -> str:
    """The Stage's name; of an app the context value ``stage``, or an empty text."""
    if stage.parent_stage is not None:
        return stage.stage_name
    value = stage.node.try_get_context("stage")
    return value if isinstance(value, str) else ""


def refuse_synthesized(stage: Stage) -> None:
    """Refuse a Stage whose templates are written: CDK writes them once.

    Raises:
        ValueError: it is one. An older manifest is that of an earlier run.
    """
    manifest = Path(stage.outdir) / "manifest.json"
    if manifest.is_file() and manifest.stat().st_mtime >= _BEGAN:
        message = (
            f"{stage.node.path or 'the app'}: got routes after it was synthesized, as add_stage of CDK "
            "Pipelines does at once: apply routes to a Stage before it is added"
        )
        raise ValueError(message)


def count_stages(root: Stage) -> int:
    """How many Stages an app has.

    Each makes itself a directory in the app's; to look for the Stages would hydrate every construct.
    """
    return _count_within(Path(root.outdir))


def _count_within(directory: Path) -> int:
    """Directories that an earlier synthesis left there only cost time."""
    found = [each for each in directory.glob("assembly-*") if each.is_dir()]
    return len(found) + sum(map(_count_within, found))


def stages_below(scope: IConstruct) -> list[Stage]:
    """All Stages below a construct, outer before inner."""
    root = scope.node.root
    left = count_stages(root) if isinstance(root, Stage) else 0
    found: list[Stage] = []
    waiting = [scope]
    while waiting and len(found) < left:
        children = waiting.pop(0).node.children
        found += [child for child in children if isinstance(child, Stage)]
        waiting += children
    return found
