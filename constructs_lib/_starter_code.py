"""The source that a starter's function gets: what every starter needs, and what its options need."""

from aws_cdk import IgnoreMode, aws_lambda as lambda_
from constructs import Construct

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


def replace_code(function: lambda_.Function, code: lambda_.AssetCode) -> None:
    """Give a function another bundle: an option came after it was made.

    Args:
        function: made with a bundle already, which stays in the assembly unused.
        code: what it runs instead.
    """
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)  # noqa: S101 - narrows CDK's type
    place = code.bind(Construct(function, "Bundle")).s3_location
    assert place is not None  # noqa: S101 - an asset has a place
    resource.code = lambda_.CfnFunction.CodeProperty(s3_bucket=place.bucket_name, s3_key=place.object_key)
    code.bind_to_resource(resource)
