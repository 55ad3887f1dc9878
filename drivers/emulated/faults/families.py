"""Faults of limiters that average or follow a curve, of over-current, and of settings that a meter does not keep."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, Setting, fails
from drivers.emulated.faults.limiter import CURRENT_WATCHED
from drivers.emulated.meter.limiter import Limiter
from drivers.emulated.meter.registers import Registers
from drivers.modbus.codec import ILLEGAL_VALUE, ModbusRefusal
from rig.clock import FOREVER
from rig.contracts import Value

MEAN_OF_A_MINUTE = Setting(
    promises={
        "overload": '{ family = "demand_average", average_s = "60", average = "sliding", cleared_after_s = "3600", '
        'tolerance_percent = "0" }'
    }
)


class DefiniteWhateverPromised(Limiter):
    """Ten seconds above the limit trip, whatever family is promised."""

    def trip_by_load(self) -> int:
        return self.run_complete(True, self._above, self.windows(10))


class StepsAreForgotten(Limiter):
    """Every change of the load begins average and counters anew."""

    _step = -1

    def count(self, now: int) -> None:
        super().count(now)
        if self._step != self.metering.changed_at:
            self._step = self.metering.changed_at
            self.start_anew()


class OverCurrentAtOnce(Limiter):
    """A single window of too much current trips."""

    def over_current_at(self) -> int:
        return self.run_complete(True, self._over, 1, self.is_over_current) if self.settings.most_ma else FOREVER


class LimitTakenLate(Limiter):
    """A limit that is written goes on from what was counted under the old one."""

    def start_anew(self) -> None:
        above, operations = self._above, self._operations
        super().start_anew()
        if operations == self.relay.operations and not self.store.holds:
            self._above = above


class SettingIgnored(Registers):
    """A new load limit is acknowledged, and the old one stays."""

    def write(self, item: str, to: Value, now: int) -> None:
        if item != "load_limit":
            super().write(item, to, now)


class SettingRefused(Registers):
    """A new load limit is refused as a value that is not taken."""

    def write(self, item: str, to: Value, now: int) -> None:
        if item == "load_limit":
            raise ModbusRefusal(ILLEGAL_VALUE)
        super().write(item, to, now)


FAULTS = (
    Fault(
        "O21",
        "definite time, whatever was promised",
        "limiter",
        "trips after ten seconds at any overload",
        (DefiniteWhateverPromised,),
        needs=MEAN_OF_A_MINUTE,
        ends_in=fails("OVL-10", "trip at 1.05 times the limit"),
    ),
    Fault(
        "O22",
        "a step of the load begins anew",
        "limiter",
        "trips too late after a step of the load",
        (StepsAreForgotten,),
        needs=MEAN_OF_A_MINUTE,
        ends_in=fails("OVL-17", "trip after a long load below the limit"),
    ),
    Fault(
        "O24",
        "over-current trips at once",
        "limiter",
        "a short over-current trips",
        (OverCurrentAtOnce,),
        needs=CURRENT_WATCHED,
        ends_in=fails("OVL-15", "over-current trip time"),
    ),
    Fault(
        "O25",
        "a new limit goes on counting",
        "limiter",
        "trips too early after the limit was changed",
        (LimitTakenLate,),
        ends_in=fails("OVL-12", "trip once it is switched on"),
    ),
    Fault(
        "K9",
        "a setting is ignored",
        "registers",
        "a load limit was acknowledged and reads as before",
        (SettingIgnored,),
        ends_in=fails("OVL-16", "taken at its ends"),
    ),
    Fault(
        "K10",
        "a setting is refused",
        "registers",
        "a load limit within its range is refused",
        (SettingRefused,),
        ends_in=fails("OVL-16", "taken at its ends"),
    ),
)
