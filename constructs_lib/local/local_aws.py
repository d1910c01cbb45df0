"""The embedded local AWS: one object to start, deploy to, provoke and look at."""

from __future__ import annotations

import atexit
import json
import logging
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config
from typing_extensions import Self

from constructs_lib.local import hooks
from constructs_lib.local.alarms import Alarms
from constructs_lib.local.callers import Callers, EnforcedForFunctions
from constructs_lib.local.cloudformation import CloudFormation
from constructs_lib.local.deliveries import Deliveries
from constructs_lib.local.environment import cdk_environment, local_environment, replaced_environment
from constructs_lib.local.errors import LocalAwsError
from constructs_lib.local.gateway import Gateway
from constructs_lib.local.incidents_api import IncidentsApi, ResponsePlan
from constructs_lib.local.processes import function_processes
from constructs_lib.local.records import DeniedCall, FailedDelivery, Incident, Invocation
from constructs_lib.local.rules import Rules
from constructs_lib.local.server import LoopbackServer
from constructs_lib.local.topics import CountedThreads, Topics

_only_one = threading.Lock()
