"""How emulated instruments spell their commands, family by family, taken from the makers' words and not from the dialect files.

The dialects of `drivers.scpi` are the other end: had both come from one file, a wrong header would cancel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_MEASURED = {"VOLT": "VOLTage[:AC]", "CURR": "CURRent[:AC]", "POW": "POWer[:AC][:REAL]"}


@dataclass(frozen=True, slots=True)
class LoadFamily:
    """`headers` by what they do (a query's has no question mark); `bits` or `numbers` of what tripped, by name."""

    identification: str
    headers: Mapping[str, str]
    bits: Mapping[str, int] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    measured: Mapping[str, str] = field(default_factory=lambda: _MEASURED)
    latches: bool = False

    def protection(self, tripped: frozenset[str]) -> str:
        """What the protection query answers: the sum of the bits, or the number of one of them."""
        if self.bits:
            return str(sum(1 << self.bits[name] for name in tripped))
        return str(max((self.numbers.get(name, 0) for name in tripped), default=0))


@dataclass(frozen=True, slots=True)
class SourceFamily:
    """An AC source; all of them share headers, and differ in what they call themselves."""

    identification: str


LOADS: Mapping[str, LoadFamily] = {
    "generic": LoadFamily(
        "PREPAID RIG,EMULATED LOAD,0,1.0",
        {
            "function": "[:SOURce]:FUNCtion",
            "level": "[:SOURce]:POWer[:LEVel][:IMMediate][:AMPLitude]",
            "watts limit": "[:SOURce]:POWer:PROTection[:LEVel]",
            "amps limit": "[:SOURce]:CURRent:PROTection[:LEVel]",
            "input": "[:SOURce]:INPut[:STATe]",
            "protection": "[:LOAD]:PROTection",
            "clear": "[:LOAD]:PROTection:CLEar",
        },
        bits={"undervoltage": 2, "overvoltage": 3, "overcurrent": 5, "overpower": 6, "overtemperature": 7},
    ),
    "chroma_63800": LoadFamily(
        "Chroma, 63804, 0, 1.00",
        {
            "function": "[:LOAD]:MODE",
            "level": ":LOAD:POWer[:LEVel]",
            "watts limit": ":LOAD:POWer:MAX",
            "amps limit": ":LOAD:CURRent:MAX",
            "input": ":LOAD[:STATe]",
            "protection": "[:LOAD]:PROTect",
            "clear": "[:LOAD]:PROTect:CLEar",
        },
        bits={"undervoltage": 2, "overvoltage": 3, "overcurrent": 5, "overpower": 6, "overtemperature": 7},
        measured={"VOLT": "VOLTage", "CURR": "CURRent", "POW": "POWer:REAL"},
        latches=True,
    ),
    "itech_it8600": LoadFamily(
        "ITECH Ltd., IT8615, 600123, 1.20",
        {
            "function": "[:SOURce]:FUNCtion",
            "level": "[:SOURce]:POWer[:LEVel][:IMMediate]",
            "watts limit": "[:SOURce]:POWer:MAX",
            "amps limit": "[:SOURce]:CURRent:PROTection[:LEVel]",
            "input": "[:SOURce]:INPut[:STATe]",
            "protection": ":PROTection[:STATe]",
            "clear": ":PROTection:CLEar",
        },
        numbers={"overvoltage": 1, "overcurrent": 2, "overpower": 3, "overtemperature": 4},
        measured={"VOLT": "VOLTage", "CURR": "CURRent", "POW": "POWer"},
    ),
}
"""By the name of the dialect that a driver speaks to them."""

SOURCES: Mapping[str, SourceFamily] = {
    "generic": SourceFamily("PREPAID RIG,EMULATED SOURCE,0,1.0"),
    "chroma_61500": SourceFamily("Chroma ATE, 61504, 0, 1.00"),
    "chroma_61600": SourceFamily("Chroma ATE, 61604, 0, 1.00"),
}
