# mypy: ignore-errors
"""Edge logger for a board with MicroPython, written for an RP2040 (Raspberry Pi Pico). NEVER TRIED ON A BOARD.

Copy it to the board as main.py. Inputs: GP2 (load side), GP3 (line side), 3.3 V logic behind isolating detectors only.
What it says and understands: docs/edge-logger.md, protocol version 1. Everything here runs under the Unix port too, where
there are no pins: `S mask` on standard input moves the inputs then.
"""

import select
import sys
import time
from array import array

VERSION = 1
HERTZ = 1_000_000
BITS = 30  # time.ticks_us() counts in 30 bits on a 32-bit board; wider counters are cut to it
PINS = (2, 3)
ROOM = 256  # edges that wait for the line; an interrupt must not ask for memory
BEAT = HERTZ // 10
LONGEST = 40
_WRAP = (1 << BITS) - 1


class Logger:
    """Edges in a ring, lines out. `edge` is all that runs in an interrupt."""

    def __init__(self, inputs, ticks, write):
        self.inputs = inputs
        self.ticks = ticks
        self.write = write
        self.at = array("L", [0] * ROOM)
        self.seen = array("B", [0] * ROOM)
        self.head = 0
        self.tail = 0
        self.lost = 0
        self.sequence = 0
        self.typed = ""
        self.beaten = self.now()

    def now(self):
        return self.ticks() & _WRAP

    def edge(self, _pin=None):
        """An input has changed: stamp first, then look."""
        at = self.ticks() & _WRAP
        following = (self.head + 1) % ROOM
        if following == self.tail:
            self.lost += 1
            return
        self.at[self.head] = at
        self.seen[self.head] = self.inputs()
        self.head = following

    def say(self, text):
        check = 0
        for letter in text:
            check ^= ord(letter)
        self.write("%s*%02X\n" % (text, check))  # noqa: UP031 - short in memory

    def numbered(self, letter, rest):
        self.say("%s %d %s" % (letter, self.sequence, rest))  # noqa: UP031
        self.sequence = (self.sequence + 1) & 0xFFFF

    def hello(self, nonce="0"):
        self.numbered("H", "%s %d %d %d %d" % (nonce, VERSION, HERTZ, BITS, len(PINS)))  # noqa: UP031

    def tell_edges(self):
        while self.tail != self.head:
            self.numbered("E", "%d %X" % (self.at[self.tail], self.seen[self.tail]))  # noqa: UP031
            self.tail = (self.tail + 1) % ROOM

    def status(self, letter, more=""):
        """Where it stands: ticks, inputs, edges lost. Edges before it are told before it."""
        self.tell_edges()
        self.numbered(letter, "%s%d %X %d" % (more, self.now(), self.inputs(), self.lost))  # noqa: UP031

    def beat(self):
        """Called again and again: edges as they come, and a heartbeat when it is due."""
        self.tell_edges()
        now = self.now()
        if (now - self.beaten) & _WRAP >= BEAT:
            self.beaten = now
            self.status("B")

    def heard(self, letter):
        """One letter of a command; returns the command when it is whole."""
        if letter != "\n":
            self.typed = (self.typed + letter)[-LONGEST:]
            return ""
        command, self.typed = self.typed.strip(), ""
        word, _, nonce = command.partition(" ")
        if nonce.isdigit() and word == "H":
            self.hello(nonce)
        elif nonce.isdigit() and word == "P":
            self.status("P", nonce + " ")
        return command


def on_a_board():
    """Real pins with interrupts."""
    import machine

    pins = [machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_DOWN) for number in PINS]
    logger = Logger(lambda: pins[0].value() | pins[1].value() << 1, time.ticks_us, sys.stdout.write)
    for pin in pins:
        pin.irq(logger.edge, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING)
    serve(logger, lambda _command: None)


def without_pins():
    """The Unix port: the inputs are told on standard input."""
    mask = [0]
    logger = Logger(lambda: mask[0], time.ticks_us, sys.stdout.write)

    def moved(command):
        if command[:2] == "S ":
            mask[0] = int(command[2:], 16)
            logger.edge()

    serve(logger, moved)


def serve(logger, also):
    """For ever, until standard input ends."""
    ears = select.poll()
    ears.register(sys.stdin, select.POLLIN)
    logger.hello()
    while True:
        if ears.poll(1):
            letter = sys.stdin.read(1)
            if not letter:
                return
            also(logger.heard(letter))
        logger.beat()


if __name__ == "__main__":
    if sys.platform == "rp2":
        on_a_board()
    else:
        without_pins()
