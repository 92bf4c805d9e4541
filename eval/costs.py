"""What answers cost: seconds by stage, and the memory of the process."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.aggregates import percentile

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Latency:
    """The median and the 95th percentile of the seconds that a stage took."""

    p50: float
    p95: float


def latencies(timings: Sequence[Mapping[str, float]]) -> dict[str, Latency]:
    """The latency of each stage that is timed, in the order they come; linear between neighbours."""
    stages = dict.fromkeys(stage for timing in timings for stage in timing)
    seconds = {stage: [t[stage] for t in timings if stage in t] for stage in stages}
    return {
        stage: Latency(float(percentile(values, 50) or 0), float(percentile(values, 95) or 0))
        for stage, values in seconds.items()
    }


def peak_memory() -> int | None:
    """The most memory this process has held so far, in bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
