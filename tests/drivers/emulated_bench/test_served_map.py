"""An emulated meter obeys the map that it serves, and has only what the map declares."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from drivers.emulated.bench import SimDevices, open_sim
from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.register_map import load_map
from rig.clock import SECOND, VirtualClock
from rig.contracts import EMULATED_PASSWORD, Password, RechargeOutcome
from rig.errors import ConfigError, DeviceRefused, LinkError

REFERENCE = resources.files("drivers.meters.maps").joinpath("reference.toml").read_text(encoding="utf-8")
RESULT = 'result = { register = "recharge_result", pending = [0, 1, 2, 8], accepted = [3], duplicate = [6], refused = [4, 5, 7] }'
CAPABILITIES = REFERENCE[REFERENCE.index("capabilities = [") : REFERENCE.index("]\n\n[clock]") + 1]
CODES = REFERENCE[REFERENCE.index("codes = {") : REFERENCE.index("\n\n[promises]")]
RECONNECT = 'reconnect = { register = "relay_control", value = 1 }'
KEY = 'relay_key = { table = "coil", address = 0x0009, type = "bit", access = "write" }\npassword   '
SECRET = {"password": Password(str(EMULATED_PASSWORD))}


class Served:
    """A meter that serves the reference map with changes, and the driver on it."""

    def __init__(self, folder: Path, changes: Mapping[str, str], secrets: Mapping[str, Password], **settings: object):
        text = REFERENCE
        for old, new in changes.items():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file = folder / "mine.toml"
        file.write_text(text, encoding="utf-8")
        self.clock = VirtualClock()
        self.devices: SimDevices = open_sim({"map": str(file), **settings}, self.clock)
        self.devices.source.on(Decimal(230), Decimal(50))
        self.wait(5)
        self.meter = ModbusMeter(load_map(file), self.devices.bus, 1, self.clock, "P01 meter", secrets)

    def wait(self, seconds: int) -> None:
        self.clock.sleep_until(self.clock.now() + seconds * SECOND)

    def asked(self, pdu: str) -> str:
        answer = self.devices.emulated.answer(bytes.fromhex(pdu))
        return answer.hex() if isinstance(answer, bytes) else str(answer)

    @property
    def closed(self) -> object:
        return self.devices.truth()["contact_closed"]


def test_the_commit_and_the_results_are_those_of_the_map(tmp_path: Path) -> None:
    codes = (
        RESULT.replace("[0, 1, 2, 8]", "[0, 16]")
        .replace("[3]", "[32]")
        .replace("[6]", "[49]")
        .replace("[4, 5, 7]", "[64]")
    )
    one = Served(tmp_path, {'"recharge_commit", value = 1': '"recharge_commit", value = 0xA5A5', RESULT: codes}, {})
    first, second, third = (one.meter.recharge(paise, 7) for paise in (12_345, 12_345, 1))
    assert [first.outcome, second.outcome, third.outcome] == [
        RechargeOutcome.ACCEPTED, RechargeOutcome.DUPLICATE, RechargeOutcome.REFUSED,
    ]  # fmt: skip
    assert [first.code, second.code, third.code] == [32, 49, 64]
    assert one.asked("1001240001020001") == "9003"


def test_without_a_pending_code_the_meter_is_busy_and_without_ids_it_knows_none(tmp_path: Path) -> None:
    changes = {
        RESULT: 'result = { register = "recharge_result", accepted = [1] }',
        'write = ["recharge_amount", "recharge_id"]': 'write = ["recharge_amount"]',
        'read_back = "last_recharge_id"   # tells after a lost answer whether this id was credited\n': "",
        'block_write_only = [["recharge_amount", "recharge_id"]]\n': "",
        'recharge_id              = { table = "holding", address = 0x0122, type = "u32", access = "write" }\n': "",
    }
    one = Served(tmp_path, changes, {})
    assert [one.meter.recharge(12_345, 7).outcome for _ in range(2)] == [RechargeOutcome.ACCEPTED] * 2


def test_events_bear_the_codes_of_the_map_and_those_without_a_name_are_not_logged(tmp_path: Path) -> None:
    codes = 'codes = { 33 = "load switch disconnected", 34 = "load switch connected", 35 = "reclose interval set" }'
    one = Served(tmp_path, {CODES: codes}, {})
    one.meter.disconnect()
    one.wait(2)
    one.meter.write("load_limit", 2317)
    one.meter.write("reclose_interval", 7)
    assert [(event.sequence, event.code) for event in one.meter.events()] == [(1, 33), (2, 35)]


def test_a_code_that_its_field_cannot_show_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"events\.codes\.70000: cannot be shown"):
        Served(tmp_path, {"codes = { 7 =": "codes = { 70000 ="}, {})


def test_the_relay_moves_after_every_step_and_in_order(tmp_path: Path) -> None:
    disconnect = 'disconnect = { register = "relay_control", value = 0 }'
    both = {
        disconnect: 'disconnect = [{ register = "relay_key", value = 1 }, { register = "relay_control", value = 0 }]',
        RECONNECT: 'reconnect = [{ register = "relay_key", value = 1 }, { register = "relay_control", value = 1 }]',
        "password   ": KEY,
    }
    one = Served(tmp_path, both, {})
    assert one.asked("0500000000") == "8503"
    one.wait(2)
    assert one.closed
    one.meter.disconnect()
    one.wait(2)
    assert not one.closed
    assert one.asked("050000ff00") == "8503"
    one.meter.reconnect()
    one.wait(2)
    assert one.closed


LOCKED = {'at_first = "open"                # from the factory nothing is guarded\n': ""}


def test_what_is_guarded_needs_the_steps_and_then_the_password(tmp_path: Path) -> None:
    door = {'needed_for = ["balance"': 'first = [{ register = "relay_key", value = 1 }]\nneeded_for = ["balance"'}
    one = Served(tmp_path, {**LOCKED, **door, "password   ": KEY}, SECRET)
    limit, key = "100140000204000007d0", f"1001f0000204{EMULATED_PASSWORD:08x}"
    assert one.asked(limit) == "9003"
    assert one.asked(key) == "9003", "the step before it is missing"
    assert one.asked(limit) == "9003"
    one.meter.write("load_limit", 2317)
    assert one.asked(limit) == "1001400002"
    one.wait(61)
    assert one.asked(limit) == "9003"


def test_a_meter_that_a_power_failure_has_locked_is_unlocked_again(tmp_path: Path) -> None:
    one = Served(tmp_path, LOCKED, SECRET)
    one.meter.write("load_limit", 2317)
    one.devices.source.off()
    one.wait(2)
    one.devices.source.on(Decimal(230), Decimal(50))
    one.wait(5)
    one.meter.write("load_limit", 2318)
    assert one.meter.read("load_limit").values["load_limit"] == 2318


def test_a_meter_that_was_silent_is_taken_to_be_locked(tmp_path: Path) -> None:
    one = Served(tmp_path, {**LOCKED, 'lasts_s = "60"': 'lasts_s = "600"'}, SECRET)
    one.meter.write("load_limit", 2317)
    one.devices.source.off()
    one.wait(2)
    with pytest.raises(LinkError):
        one.meter.read("load_limit")
    one.devices.source.on(Decimal(230), Decimal(50))
    one.wait(5)
    one.meter.write("load_limit", 2318)
    assert one.meter.read("load_limit").values["load_limit"] == 2318


def test_a_password_that_lasts_no_time_is_good_for_one_write(tmp_path: Path) -> None:
    one = Served(tmp_path, {**LOCKED, 'lasts_s = "60"': 'lasts_s = "0"'}, SECRET)
    one.meter.write("load_limit", 2317)
    assert one.asked("100140000204000007d0") == "9003"
    one.meter.write("balance", 1234)


def test_a_reference_meter_is_open_from_the_factory(tmp_path: Path) -> None:
    one = Served(tmp_path, {}, {})
    assert one.asked("100140000204000007d0") == "1001400002"
    with pytest.raises(DeviceRefused):
        Served(tmp_path, LOCKED, {}).meter.write("load_limit", 2317)


def test_an_alarm_that_the_map_does_not_have_is_not_kept(tmp_path: Path) -> None:
    line = REFERENCE[REFERENCE.index("alarm_2   ") :]
    one = Served(tmp_path, {line[: line.index("\n") + 1]: ""}, {})
    assert one.devices.emulated.made.alarm_2 == 0 and one.devices.emulated.made.alarm_1 > 0


POLICY = {
    "price_paise_per_kwh": 650, "slabs": [[100, "650"], [None, "800"]], "time_of_use": [[0, 60, "10"]],
    "daily_charge_paise": "100", "monthly_charge_paise": 5, "notices_percent": [30],
    "emergency_credit": {"paise": 5000, "granted": "automatic", "days": None, "once": True},
    "no_cut": {"daily": [[0, 60]]}, "instalment": {"per_day_paise": 5, "count": 3},
}  # fmt: skip


def test_what_the_map_does_not_declare_the_meter_does_not_have(tmp_path: Path) -> None:
    bare = Served(tmp_path, {CAPABILITIES: 'capabilities = ["recharge", "credit_cut"]'}, {}, money=POLICY)
    made = bare.devices.emulated.made
    assert made.money == type(made.money)() and not made.prices and made.price_paise == 650
    assert not made.overload_enabled and not made.button and made.payment_mode == "prepaid"
    whole = Served(tmp_path, {}, {}, money=POLICY).devices.emulated.made.money
    assert whole.slabs and whole.time_of_use and whole.notices_percent and whole.no_cut and whole.emergency_credit
    none = Served(tmp_path, {CAPABILITIES: "capabilities = []"}, {}).devices.emulated.made
    assert none.payment_mode == "postpaid"


def test_an_item_that_the_emulated_meter_cannot_be_is_refused_at_the_start(tmp_path: Path) -> None:
    writable = {'type = "u16" }\nemergency_limit': 'type = "u16", access = "read_write" }\nemergency_limit'}
    with pytest.raises(ConfigError, match=r"registers\.recharge_count: cannot be written to the emulated meter"):
        Served(tmp_path, writable, {})


def test_a_map_of_three_phases_makes_a_meter_of_three(tmp_path: Path) -> None:
    rows = "".join(
        f'voltage_l{n} = {{ table = "input", address = {0x300 + n}, type = "u16", scale = "0.1", unit = "V" }}\n'
        for n in (1, 2, 3)
    )
    one = Served(tmp_path, {"password   ": rows + "password   "}, {})
    assert one.meter.read("voltage_l3").values["voltage_l3"] == Decimal(230)
