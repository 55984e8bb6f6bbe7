"""A component for projects made with `dg`: a Sluice project in a `defs.yaml`.

```yaml
type: sluice.orchestration.code_location.component.SluiceProject
attributes:
  project: ../acme
```
"""

from __future__ import annotations

import dagster as dg

from sluice.orchestration.code_location.building import definitions


class SluiceProject(dg.Component, dg.Model, dg.Resolvable):
    """The assets, jobs, schedule and sensors of a Sluice project.

    ``project``: the folder of its ``sluice.yml``, from the folder of ``defs.yaml``.
    """

    project: str = "."

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """What Dagster loads. Raises ConfigurationError when the folder has no ``sluice.yml``."""
        return definitions(context.path / self.project)
