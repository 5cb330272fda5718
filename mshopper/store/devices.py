"""What this laptop is to the head office: a UUID and an Ed25519 key pair, of which the public half is published."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from dataclasses import dataclass, field

from mshopper.store.connection import Connection

_COLUMNS = "device_id, fingerprint, created_at, public_key, private_key"


@dataclass(frozen=True, slots=True)
class Device:
    """A device: its UUID, the machine it was made on, and its raw Ed25519 keys (32 bytes each)."""

    device_id: str
    fingerprint: str
    created_at: str
    public_key: bytes
    private_key: bytes = field(repr=False)


class Devices:
    """The devices that this data folder has been; `operations` mints them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, device: Device) -> None:
        """Be `device` from now on; earlier ones are kept, since their signatures stand on earlier visits."""
        with self._connection.write():
            self._connection.execute(
                f"INSERT INTO devices ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)",
                (device.device_id, device.fingerprint, device.created_at, device.public_key, device.private_key),
            )

    def current(self) -> Device | None:
        """The device that this folder is; None before the first run."""
        row = self._connection.row(f"SELECT {_COLUMNS} FROM devices ORDER BY number DESC LIMIT 1")
        return Device(*row) if row else None

    def get(self, device_id: str) -> Device | None:
        """The device of that id."""
        row = self._connection.row(f"SELECT {_COLUMNS} FROM devices WHERE device_id = ?", [device_id])
        return Device(*row) if row else None

    def all(self) -> list[Device]:
        """Every device that this folder has been, the first one first."""
        return [Device(*row) for row in self._connection.rows(f"SELECT {_COLUMNS} FROM devices ORDER BY number")]
