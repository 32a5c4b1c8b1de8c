"""When the demo's signatures came: weeks before now, with the rush of a launch."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from coalition.demo.plans import Plan

_LAUNCH_HOUR = 16  # 16:00 UTC: morning in Los Angeles, evening in Paris


def opening(plan: Plan, now: datetime) -> datetime:
    """The full hour at which the letter was opened or revealed."""
    day = now - timedelta(days=plan.opens_day)
    return day.astimezone(UTC).replace(hour=_LAUNCH_HOUR, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Clock:
    """Draws moments for one letter; nothing lies in the future."""

    random: random.Random
    plan: Plan
    now: datetime

    @property
    def opens_at(self) -> datetime:
        """See `opening`."""
        return opening(self.plan, self.now)

    def sealed(self) -> datetime:
        """A moment of signing under embargo, before the letter opened."""
        first = self.now - timedelta(days=self.plan.founders_from_day)
        last = self.opens_at - timedelta(hours=4)
        return self._in_daytime(lambda: first + self.random.random() * (last - first))

    def public(self) -> datetime:
        """A moment after the opening: two in five within the first hours, the others over weeks."""
        last = self.now - timedelta(minutes=3)
        drawn = self.random.random()
        if drawn < 0.42:
            moment = self.opens_at + timedelta(hours=self.random.expovariate(1 / 9))
        elif drawn < 0.72:
            moment = self.opens_at + timedelta(days=self.random.expovariate(1 / 3))
        else:
            moment = last
        if moment < last:
            return moment
        start = self.opens_at
        return self._in_daytime(lambda: start + self.random.random() * (last - start))

    def soon_after(self, moment: datetime, *, minutes: float) -> datetime:
        """Some time after a moment, half of the times within `minutes`, at the latest now."""
        delay = timedelta(minutes=self.random.lognormvariate(math.log(minutes), 1.2))
        return min(moment + delay, max(moment, self.now - timedelta(seconds=20)))

    def _in_daytime(self, draw: Callable[[], datetime]) -> datetime:
        """Fewer people sign at four in the morning."""
        while True:
            moment = draw()
            hour = moment.hour + moment.minute / 60
            if self.random.random() < 0.6 - 0.4 * math.cos(2 * math.pi * (hour - 4) / 24):
                return moment
