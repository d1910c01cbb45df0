"""The source that a starter's function gets: what every starter needs, and what its options need."""

from aws_cdk import IgnoreMode, aws_lambda as lambda_

from ._bundle import LAMBDA_ROOT
from ._bundle.options import unused_files

# A stray file, or what pip compiles, would change the asset's hash and so redeploy every starter.
_ALL_BUT_SOURCE = ["*", "!incident_starter/", "!incident_starter/*.py"]


def starter_code(**used: bool) -> lambda_.AssetCode:
    """Bundle the source without the files of options that are not used: they would cost size for nothing.

    Args:
        used: whether an option is used, by its name.
    """
    unused = [f"incident_starter/{file}" for file in unused_files(**used)]
    return lambda_.Code.from_asset(
        str(LAMBDA_ROOT), exclude=[*_ALL_BUT_SOURCE, *unused], ignore_mode=IgnoreMode.GIT
    )
