"""The Lambda's source, and the rooms of it that synthesis and operators share with run time.

In a checkout the source lies beside the package, in ``lambda/``; a wheel carries it in here.
One grammar and one checker serve all sides, so that what synthesis accepts the function
understands.
"""

from pathlib import Path
from typing import TYPE_CHECKING

_HERE = Path(__file__).parent
LAMBDA_ROOT = next(root for root in (_HERE / "lambda", _HERE.parents[1] / "lambda") if root.is_dir())

if TYPE_CHECKING:
    from incident_starter import limits, tags, texts, titles, trailers, triggers
else:
    __path__.append(str(LAMBDA_ROOT))
    from .incident_starter import limits, tags, texts, titles, trailers, triggers

__all__ = ["LAMBDA_ROOT", "limits", "tags", "texts", "titles", "trailers", "triggers"]
