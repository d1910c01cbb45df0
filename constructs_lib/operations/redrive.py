"""Empties a starter's final queue: every message is tried again, and deleted only once that worked."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from botocore.exceptions import BotoCoreError, ClientError

from .alarm_states import AlarmStates
from .deployed_starter import DeployedStarter
from .errors import AwsError, is_useless, sentence
from .final_queue import FinalQueue
from .letters import Letter, read_letter
from .redrive_report import GONE, End, Fate, Redriven, Report
from .spans import span


@dataclass(frozen=True)
class Options:
    """What the operator wants.

    Attributes:
        dry_run: only tell what would be done.
        limit: of messages in one run.
        skip_recovered: leave alarms that are OK by now.
        skip_older_than: leave what happened more than so many seconds ago.
        delete_skipped: delete what would be left for one of these two reasons.
    """

    dry_run: bool = False
    limit: int = 10_000
    skip_recovered: bool = False
    skip_older_than: int | None = None
    delete_skipped: bool = False


@dataclass
class Redrive:
    """One run. Two at once share the queue, and what both get hold of starts one incident all the same.

    Attributes:
        starter: whose events failed.
        queue: where they lie.
        options: what the operator wants.
        watch: is told what is about to be tried.
    """

    starter: DeployedStarter
    queue: FinalQueue
    options: Options
    watch: Callable[[str], None] = lambda _subject: None
    _held: dict[str, str] = field(default_factory=dict)  # receipts by message, hidden until the run ends

    def __post_init__(self) -> None:
        """Begin the report."""
        notes = [self.queue.note] if self.queue.note else []
        self._report = Report(self.starter.arn, self.queue.url, self.options.dry_run, notes=notes)
        self._states = AlarmStates(self.starter.client("cloudwatch"))

    def run(self) -> Report:
        """Try each message once, until none is left that was not tried.

        Whatever ends the run, the report tells what was done, and what stays is visible again.
        """
        try:
            self._empty()
        except KeyboardInterrupt:
            self._report.end = End.INTERRUPTED
        except (BotoCoreError, ClientError) as error:
            self._refused(error)
        finally:
            for receipt in self._held.values():
                self.queue.give_back(receipt)
        if self._states.problem:
            self._report.notes.append(f"the states of alarms are not known: {self._states.problem}")
        return self._report

    def _empty(self) -> None:
        tried: set[str] = set()
        repeats = 0
        while self._report.end is End.EMPTY:
            message = self.queue.receive()
            if message is None or repeats > len(tried):
                return
            identity, receipt = str(message["MessageId"]), str(message["ReceiptHandle"])
            if identity in tried:  # it was held for too long, or SQS delivered it twice
                repeats += 1
                if identity in self._held:
                    self._held[identity] = receipt
                else:
                    self.queue.delete(receipt)
                continue
            tried.add(identity)
            repeats, self._held[identity] = 0, receipt
            result = self._tried(receipt, read_letter(message, self.starter))
            self._report.messages.append(result)
            if result.fate in GONE:
                del self._held[identity]
            if len(tried) >= self.options.limit and self._report.end is End.EMPTY:
                self._report.end = End.LIMIT

    def _tried(self, receipt: str, letter: Letter) -> Redriven:
        """Do with a message what is to be done, and tell what that was."""
        state = self._states.of(letter.alarms) if letter.alarms else ""
        found = Redriven(letter.id, Fate.NOT_OURS, letter.subject, letter.happened, state)
        if letter.not_ours:
            return replace(found, reason=letter.not_ours)
        unwanted = self._unwanted(letter, found)
        if unwanted and not self.options.delete_skipped:
            return replace(found, fate=Fate.SKIPPED, reason=unwanted)
        if self.options.dry_run:
            return replace(found, fate=Fate.WOULD_DELETE if unwanted else Fate.WOULD_REDRIVE, reason=unwanted)
        if unwanted:
            return self._gone(receipt, replace(found, fate=Fate.DELETED, reason=unwanted))
        return self._invoked(receipt, letter, found)

    def _invoked(self, receipt: str, letter: Letter, found: Redriven) -> Redriven:
        self.watch(letter.subject)
        try:
            answer = self.starter.invoke(letter.payload)
        except (BotoCoreError, ClientError) as error:
            return self._failed(found, error)
        if answer.error:
            return replace(found, fate=Fate.FAILED, reason=answer.error)
        return self._gone(receipt, replace(found, fate=Fate.REDRIVEN, outcome=answer.outcome))

    def _gone(self, receipt: str, done: Redriven) -> Redriven:
        try:
            self.queue.delete(receipt)
        except (BotoCoreError, ClientError) as error:
            return self._failed(done, error)
        return done

    def _failed(self, found: Redriven, error: AwsError) -> Redriven:
        """Keep a message; the run goes on only where the next one may fare better."""
        if is_useless(error):
            self._refused(error)
        return replace(found, fate=Fate.FAILED, reason=sentence(error))

    def _refused(self, error: AwsError) -> None:
        self._report.end, self._report.problem = End.REFUSED, sentence(error)

    def _unwanted(self, letter: Letter, found: Redriven) -> str:
        """Say why the operator does not want a message tried; what is not known for sure is wanted."""
        age, oldest = self._report.age(found), self.options.skip_older_than
        if oldest is not None and age is not None and age > oldest:
            return f"it happened {span(age)} ago"
        if self.options.skip_recovered and letter.alarms and found.alarm_state == "OK":
            return "its alarm is OK by now"
        return ""
