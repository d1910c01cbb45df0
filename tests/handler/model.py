"""StartIncident's input, as botocore itself reads it."""

from botocore.loaders import Loader
from botocore.model import ServiceModel

_MODEL = ServiceModel(Loader().load_service_model("ssm-incidents", "service-2"), "ssm-incidents")
_INPUT = _MODEL.operation_model("StartIncident").input_shape
assert _INPUT is not None
SHAPE = _INPUT
