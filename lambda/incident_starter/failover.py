"""Other Regions of the replication set, for when the function's own does not answer; docs/failover.md.

In the bundle of a starter with `regions` only.
"""

import random
import time
from collections.abc import Callable, Iterable
from typing import Any

from botocore.session import Session

from .calling import ATTEMPT_MILLISECONDS, LONGEST_WAIT, Client, error_code, is_trouble, make_client, start
from .request import Draft

REST_SECONDS = 60.0
PATIENCE_MILLISECONDS = 8_000
"""How long a Region in trouble is called again before the next one gets its turn."""

_MOST_ANSWERS = 10


class Regions:
    """The Regions in the order they are tried, the function's own first; it outlives an invocation."""

    def __init__(self, home: Client, session: Session, regions: Iterable[str]) -> None:
        self._home = home.meta.region_name
        self._names = list(dict.fromkeys([self._home, *regions]))
        self._clients = {self._home: home}
        self._session = session
        self._rests_until: dict[str, float] = {}

    def start(
        self, made: Draft, remaining: Callable[[], int], counts: dict[str, int], facts: dict[str, Any]
    ) -> str:
        """Start the incident in the first Region that does, round after round while there is time.

        Raises:
            ClientError: The own Region refused, or all were troubled until the time ran out.
            BotoCoreError: None could be reached until the time ran out.
        """
        while True:
            in_trouble = False
            order = sorted(self._names, key=self._rests)
            for position, region in enumerate(order):
                facts["region"] = region
                share = _share(remaining, (len(order) - position - 1) * ATTEMPT_MILLISECONDS)
                try:
                    arn = self._start_in(region, made, share, counts, facts)
                except Exception as error:
                    code = error_code(error)
                    is_troubled = is_trouble(error, code)
                    # What another Region refuses may be its own fault: not of the set, or closed by a policy.
                    if region == self._home and not is_troubled and share() >= ATTEMPT_MILLISECONDS:
                        raise
                    self._rests_until[region] = time.monotonic() + REST_SECONDS
                    if remaining() < ATTEMPT_MILLISECONDS:
                        raise
                    in_trouble = in_trouble or is_troubled
                    told = f"{region} is left: {code}"
                    facts["answers"] = [*facts["answers"], told][-_MOST_ANSWERS:]
                    last = error
                else:
                    self._rests_until.pop(region, None)
                    if region != self._home:
                        counts["Failovers"] = counts.get("Failovers", 0) + 1
                    return arn
            pause = random.uniform(1, LONGEST_WAIT)
            if not in_trouble or remaining() < pause * 1000 + ATTEMPT_MILLISECONDS:
                raise last
            time.sleep(pause)

    def _start_in(
        self,
        region: str,
        made: Draft,
        remaining: Callable[[], int],
        counts: dict[str, int],
        facts: dict[str, Any],
    ) -> str:
        """Start it in one Region; the pauses there do not grow with another Region's retries."""
        here = dict.fromkeys(counts, 0)
        try:
            if region not in self._clients:
                self._clients[region] = make_client(self._session, region)
            return start(self._clients[region], made, remaining, here, facts)
        finally:
            for name, count in here.items():
                counts[name] += count

    def _rests(self, region: str) -> bool:
        return self._rests_until.get(region, 0.0) > time.monotonic()


def _share(remaining: Callable[[], int], later: int) -> Callable[[], int]:
    """Leave the time of one attempt in each later Region, and do not repeat beyond our patience."""
    began = remaining()

    def share() -> int:
        left = remaining()
        patience = PATIENCE_MILLISECONDS - (began - left)
        return min(left - later, patience + ATTEMPT_MILLISECONDS)

    return share
