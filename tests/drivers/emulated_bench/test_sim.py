"""The whole bench in memory: real drivers above, one circuit below, and an hour in a moment."""

from __future__ import annotations

from decimal import Decimal

import pytest

from drivers.emulated.bench import SimDevices, open_sim
from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.opener import open_meter
from drivers.meters.register_map import load_map
from rig.clock import DAY, HOUR, MILLISECOND, SECOND, VirtualClock
from rig.contracts import RechargeOutcome
from rig.errors import ConfigError, LinkError

MONEY = {"price_paise_per_kwh": 650}
VOLTS, HERTZ = Decimal("231.5"), Decimal(50)


class Bench:
    """Devices of one position, the meter opened over them, and the mains on."""

    def __init__(self, **settings: object) -> None:
        self.clock = VirtualClock()
        self.devices: SimDevices = open_sim({"money": MONEY, **settings}, self.clock)
        d = self.devices
        d.source.on(VOLTS, HERTZ)
        self.clock.sleep_until(self.clock.now() + 5 * SECOND)
        self.meter: ModbusMeter = open_meter(load_map("reference"), d.bus, d.unit, self.clock, "P01 meter", {})

    def wait(self, duration: int) -> None:
        self.clock.sleep_until(self.clock.now() + duration)

    def balance(self) -> int:
        found = self.meter.read("balance").balance_paise
        assert found is not None
        return found


def test_it_is_found_dead_and_the_meter_silent_until_it_has_booted() -> None:
    clock = VirtualClock()
    devices = open_sim({}, clock)
    assert not devices.source.is_on()
    assert devices.load.measure().voltage_v == 0
    sample = devices.sense.sample()
    assert (sample.load_side, sample.line_side) == (False, False)
    meter = open_meter(load_map("reference"), devices.bus, devices.unit, clock, "P01 meter", {})
    with pytest.raises(LinkError, match="P01 meter"):
        meter.read("voltage")


def test_what_the_load_draws_is_what_the_meter_counts_and_charges() -> None:
    bench = Bench(meter={"opening_balance": 52_345})
    before = bench.meter.read("energy", "voltage").values
    bench.devices.load.draw_watts(2317)
    bench.wait(HOUR)
    measured = bench.devices.load.measure()
    assert (measured.voltage_v, measured.power_w) == (Decimal("231.500"), Decimal("2317.000"))
    bench.devices.load.off()
    bench.wait(5 * SECOND)
    after = bench.meter.read("energy", "voltage", "balance").values
    assert after["voltage"] == before["voltage"] == Decimal("231.5")
    assert isinstance(after["energy"], Decimal) and isinstance(before["energy"], Decimal)
    assert abs(after["energy"] - before["energy"] - 2317) <= Decimal("1.0"), "2317 W for an hour are 2317 Wh"
    assert abs(52_345 - bench.balance() - 1506) <= 2, "2.317 kWh at 6.50 are 15.06"
    flowed = bench.devices.truth()["energy_w_ns"]
    assert isinstance(flowed, int)
    assert abs(flowed - 2317 * HOUR) <= 2317 * 2 * MILLISECOND


def test_a_recharge_is_credited_with_arrears_first() -> None:
    bench = Bench(meter={"opening_balance": 1_000, "opening_arrears": 5_000})
    result = bench.meter.recharge(12_345, 77)
    bench.wait(2 * SECOND)
    reading = bench.meter.read()
    assert result.outcome is RechargeOutcome.ACCEPTED
    assert (reading.balance_paise, reading.arrears_paise) == (1_000 + 12_345 - 5_000, 0)


def test_exhaustion_opens_the_contact_and_the_sense_announces_it() -> None:
    bench = Bench(meter={"opening_balance": 1_000})
    told: list[int] = []
    assert bench.devices.sense.announces(lambda: told.append(bench.clock.now()))
    assert bench.devices.sense.sample().load_side
    start = bench.clock.now()
    bench.devices.load.draw_watts(2317)
    bench.wait(HOUR)
    sample = bench.devices.sense.sample()
    assert (sample.load_side, sample.line_side) == (False, True)
    changes = bench.devices.truth()["changes"]
    assert isinstance(changes, tuple)
    opened = [instant for instant, what, to in changes if (what, to) == ("contact", 0)]
    gone = 1_000 * HOUR * 1_000 // (650 * 2317)
    assert len(opened) == 1
    assert abs(opened[0] - start - gone) < 5 * SECOND, "10.00 at 6.50 and 2317 W last 2390 s"
    assert any(0 <= at - opened[0] < 50 * MILLISECOND for at in told), "the sense said nothing when the contact opened"
    assert bench.devices.load.measure().power_w == 0
    assert -50 < bench.balance() <= 0


def test_a_power_cut_silences_the_meter_and_keeps_its_money() -> None:
    bench = Bench(meter={"opening_balance": 52_345})
    bench.devices.source.off()
    bench.wait(DAY)
    with pytest.raises(LinkError):
        bench.balance()
    bench.devices.source.on(VOLTS, HERTZ)
    bench.wait(5 * SECOND)
    assert bench.balance() == 52_345


def test_a_position_is_opened_by_name_with_its_own_meter_and_unit() -> None:
    positions = [{"name": "left"}, {"name": "right", "unit": 9, "meter": {"serial": "RIGHT"}}]
    clock = VirtualClock()
    devices = open_sim({"positions": positions}, clock, position="right")
    assert (devices.position, devices.unit) == ("right", 9)
    devices.source.on(VOLTS, HERTZ)
    clock.sleep_until(5 * SECOND)
    meter = open_meter(load_map("reference"), devices.bus, 9, clock, "right meter", {})
    assert meter.read("serial").values["serial"] == "RIGHT"
    assert devices.sense.sample().line_side, "the inputs of the second position are 2 and 3"
    with pytest.raises(ConfigError, match="middle"):
        open_sim({"positions": positions}, VirtualClock(), position="middle")


def test_two_benches_of_one_seed_tell_the_same_story() -> None:
    def story() -> object:
        bench = Bench(seed=7, meter={"opening_balance": 1_000})
        bench.devices.load.draw_watts(2317)
        bench.wait(2 * HOUR)
        return bench.clock.now(), bench.devices.truth(), bench.meter.read().values

    assert story() == story()
