"""A pipeline that deploys to an organization what pages, after three gates: coverage, diff, rehearsal."""

import aws_cdk as cdk
from accounts import INCIDENTS, IncidentAccount, SearchAccount, ShopAccount, environment
from aws_cdk import pipelines
from constructs import Construct

_CONNECTION = "arn:aws:codestar-connections:eu-west-1:222222222222:connection/0f1e2d3c"
_INSTALL = ["python -m pip install -r requirements.txt"]


class Pipeline(cdk.Stack):
    """Synthesizes once; what is read, compared and rehearsed is what is deployed."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, env=environment(INCIDENTS))
        source = pipelines.CodePipelineSource.connection("example/pager", "main", connection_arn=_CONNECTION)
        synth = pipelines.ShellStep("Synth", input=source, install_commands=_INSTALL, commands=["cdk synth"])
        pipeline = pipelines.CodePipeline(self, "Pipeline", synth=synth, cross_account_keys=True)
        gates = [
            self._gate("Coverage", source, synth, "incident-starter coverage --app cdk.out --fail-on error"),
            # pager.json is what `incident-starter coverage --json` wrote when somebody last agreed to it.
            self._gate(
                "Diff", source, synth, "incident-starter diff pager.json --app cdk.out --fail-on silenced"
            ),
            self._gate("Rehearsal", source, synth, "incident-starter rehearse --app cdk.out"),
        ]
        # The plan first: what names it cannot start an incident before it is there and shared.
        pipeline.add_stage(IncidentAccount(self, "Incidents"), pre=gates)
        members = pipeline.add_wave("Members")
        members.add_stage(ShopAccount(self, "ShopProd"))
        members.add_stage(SearchAccount(self, "SearchProd"))

    @staticmethod
    def _gate(
        name: str, source: pipelines.IFileSetProducer, synth: pipelines.ShellStep, command: str
    ) -> pipelines.ShellStep:
        """A step that stops the pipeline before anything is deployed."""
        return pipelines.ShellStep(
            name,
            input=source,
            additional_inputs={"cdk.out": synth},
            install_commands=_INSTALL,
            commands=[command],
        )


app = cdk.App()
Pipeline(app, "Pipeline")
app.synth()
