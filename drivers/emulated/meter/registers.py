"""The meter's items by name: how each is read, what a write does, and which need the password first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from drivers.emulated.meter import events
from drivers.emulated.meter.calendar import Calendar
from drivers.emulated.meter.limiter import Limiter
from drivers.emulated.meter.mailbox import Mailbox
from drivers.emulated.meter.metering import Metering
from drivers.emulated.meter.phases import phase_readers
from drivers.emulated.meter.relay import Relay
from drivers.emulated.meter.store import SETUP, Store
from drivers.emulated.meter.wallet import Wallet
from drivers.modbus.codec import ILLEGAL_ADDRESS, ILLEGAL_VALUE, ModbusRefusal
from rig.clock import FOREVER
from rig.contracts import Value

Reader = Callable[[int], Value]
Writer = Callable[[Value, int], None]


class Registers:
    """Readers take the instant; writers the new value and the instant. Everything due before it has been done."""

    def __init__(self, wallet: Wallet, mailbox: Mailbox, limiter: Limiter, calendar: Calendar) -> None:
        self.wallet = wallet
        self.mailbox = mailbox
        self.limiter = limiter
        self.calendar = calendar
        self.settings = wallet.settings
        self.store = wallet.store
        self.clock = wallet.clock
        self.log = wallet.log
        self._unlocked_until = -1
        self.readers: dict[str, Reader] = {
            **self._identity_readers(),
            **_metering_readers(wallet.metering),
            **phase_readers(wallet.metering, wallet.settings.phase_shares),
            **_relay_readers(wallet.relay, self.store),
            **_money_readers(wallet, self.store),
            **{item: self._setup_reader(item) for item in SETUP},
        }
        self.writers: dict[str, Writer] = {
            **{item: self._setup_writer(item) for item in SETUP},
            "overload_enabled": self._enable,
            "payment_mode": self._set_mode,
            "clock": self._set_clock,
            "balance": lambda to, now: wallet.preset(whole(to), now),
            "arrears": self._set_arrears,
            "relay_control": lambda to, now: wallet.relay.command(bool(whole(to)), now),
            "recharge_amount": lambda to, _: setattr(mailbox, "amount", whole(to)),
            "recharge_id": lambda to, _: setattr(mailbox, "recharge_id", whole(to)),
            "recharge_commit": lambda to, now: mailbox.commit(whole(to), now),
            "password": self._unlock,
        }

    def write(self, item: str, to: Value, now: int) -> None:
        """Raises ModbusRefusal: not writable, not unlocked, or a value that the meter does not take."""
        writer = self.writers.get(item)
        if writer is None:
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        self.need_unlocked(item, now)
        writer(to, now)

    def need_unlocked(self, item: str, now: int) -> None:
        """Raises ModbusRefusal: the item needs the password first. One that lasts no time is good for one request."""
        settings = self.settings
        if not settings.password or item not in settings.guarded:
            return
        if now > self._unlocked_until:
            raise ModbusRefusal(ILLEGAL_VALUE)
        if not settings.password_lasts_ns:
            self._unlocked_until = now

    def power_fails(self) -> None:
        """What was unlocked is locked again."""
        self._unlocked_until = -1

    def _identity_readers(self) -> dict[str, Reader]:
        settings, store = self.settings, self.store
        return {
            "serial": lambda _: settings.serial,
            "firmware": lambda _: settings.firmware,
            "clock": self.clock.civil,
            "event_sequence": lambda _: store.sequence,
            "recharge_result": lambda _: self.mailbox.result,
            "overload_enabled": lambda _: int(store.overload_enabled),
            "payment_mode": lambda _: "prepaid" if store.prepaid else "postpaid",
        }

    def _setup_reader(self, item: str) -> Reader:
        setup = self.store.setup
        return lambda _: setup[item]

    def _setup_writer(self, item: str) -> Writer:
        def write(to: Value, now: int) -> None:
            if item == "control_mode" and whole(to) not in range(8):
                raise ModbusRefusal(ILLEGAL_VALUE)
            self.store.setup[item] = whole(to)
            self.wallet.raised()
            if item == "control_mode":
                self.wallet.relay.follow(now)
            if item in ("load_limit", "over_threshold_duration"):
                self.limiter.start_anew()
            self.log.record(events.SET[item], now)

        return write

    def _enable(self, to: Value, now: int) -> None:
        self.store.overload_enabled = bool(whole(to))
        self.limiter.start_anew()
        self.log.record(events.LIMITER_ENABLED if self.store.overload_enabled else events.LIMITER_DISABLED, now)

    def _set_mode(self, to: Value, now: int) -> None:
        if to not in ("prepaid", "postpaid"):
            raise ModbusRefusal(ILLEGAL_VALUE)
        self.store.prepaid = to == "prepaid"
        self.log.record(events.TO_PREPAID if self.store.prepaid else events.TO_POSTPAID, now)

    def _set_clock(self, to: Value, now: int) -> None:
        if not isinstance(to, datetime):
            raise ModbusRefusal(ILLEGAL_VALUE)
        before = self.clock.civil(now)
        self.clock.set(now, to)
        self.calendar.clock_was_set(before, now)
        self.log.record(events.CLOCK_SET, now)

    def _set_arrears(self, to: Value, _now: int) -> None:
        if whole(to) < 0:
            raise ModbusRefusal(ILLEGAL_VALUE)
        self.store.account.arrears = whole(to)

    def _unlock(self, to: Value, now: int) -> None:
        if whole(to) != self.settings.password:
            self._unlocked_until = -1
            raise ModbusRefusal(ILLEGAL_VALUE)
        lasts = self.settings.password_lasts_ns
        self._unlocked_until = now + lasts if lasts else FOREVER


def whole(to: Value) -> int:
    """A written number as a whole one. Raises ModbusRefusal when it is none."""
    if isinstance(to, (int, Decimal)) and to == int(to):
        return int(to)
    raise ModbusRefusal(ILLEGAL_VALUE)


def _metering_readers(metering: Metering) -> dict[str, Reader]:
    return {
        "voltage": lambda now: Decimal(metering.line(now)[0]).scaleb(-3),
        "current": lambda now: Decimal(metering.milliamps(now)).scaleb(-3),
        "power": lambda now: Decimal(metering.signed_milliwatts(now)).scaleb(-3),
        "frequency": lambda now: Decimal(metering.line(now)[1]).scaleb(-3),
        "power_factor": lambda _: metering.power_factor(),
        "energy": metering.watt_hours,
        "neutral_current": lambda now: Decimal(metering.neutral_ma.mean(now)).scaleb(-3),
        "reactive_power": lambda now: Decimal(metering.reactive.mean(now)),
        "energy_exported": metering.back_watt_hours,
    }


def _relay_readers(relay: Relay, store: Store) -> dict[str, Reader]:
    return {
        "output_state": lambda _: relay.output_state,
        "control_state": lambda _: relay.control_state,
        "disconnect_cause": lambda _: relay.cause,
        "attempts_done": lambda _: store.attempts_done,
    }


def _money_readers(wallet: Wallet, store: Store) -> dict[str, Reader]:
    def balance(now: int) -> int:
        wallet.book(now)
        return wallet.balance_paise

    def month(now: int) -> Decimal:
        wallet.book(now)
        return wallet.energy_of_month()

    def used(now: int) -> int:
        wallet.book(now)
        return 0 if wallet.emergency is None else wallet.emergency.used(store.account)

    return {
        "balance": balance,
        "arrears": lambda _: store.account.arrears,
        "emergency_used": used,
        "emergency_limit": lambda _: 0 if wallet.emergency is None else wallet.emergency.limit,
        "energy_of_month": month,
        "last_recharge_amount": lambda _: store.account.last_amount,
        "last_recharge_to_arrears": lambda _: store.account.last_to_arrears,
        "total_recharged": lambda _: store.account.total_recharged,
        "last_recharge_time": lambda _: store.account.last_time,
        "last_recharge_id": lambda _: store.account.last_id,
        "recharge_count": lambda _: store.account.recharge_count,
    }
