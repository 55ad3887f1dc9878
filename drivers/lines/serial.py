"""A serial port: the only importer of pyserial. Eight data bits, no flow control."""

from __future__ import annotations

from pathlib import Path

_SLICE_S = 0.005
_PTYS = ("/dev/pts/", "/dev/ttys")


class SerialPort:
    """An open serial port that nobody else may open meanwhile. Every method raises OSError when the port has gone."""

    def __init__(self, path: str, baud: int, parity: str = "E", stop_bits: int = 1) -> None:
        """`parity` is "N", "E" or "O". Raises OSError when the port cannot be opened or set up so."""
        import serial  # here, because on POSIX it needs modules that a bench without serial ports can do without

        if Path(path).resolve().as_posix().startswith(_PTYS):
            parity = "N"  # a pty carries whole bytes, and refuses parity when it is opened a second time
        # One fixed, short time-out: changing it later would set up the port anew each time.
        port = serial.Serial(
            baudrate=baud, parity=parity, stopbits=stop_bits, timeout=_SLICE_S, write_timeout=5, exclusive=True
        )
        port.port = path
        try:
            port.open()
        except ValueError as error:
            raise OSError(f"{error}") from None
        self._port = port

    def write(self, frame: bytes) -> None:
        """Hand the bytes to the port; they may still be going out when this returns."""
        self._port.write(frame)

    def arrived(self) -> bytes:
        """What has come so far, without waiting."""
        count = self._port.in_waiting
        return self._port.read(count) if count else b""

    def wait(self) -> bytes:
        """The next bytes as soon as there are any; empty when none came within 5 ms."""
        first = self._port.read(1)
        return first + self.arrived() if first else b""

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()
