"""Who this device is: a UUID, an Ed25519 key made at first run, and the machine they belong to.

A data folder that was copied to another machine becomes a device of its own there, so that two laptops never publish under
one name; the former keys stay, since they verify what was signed with them.
"""

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.store.devices import Device

if TYPE_CHECKING:
    from mshopper.operations.workspace import Workspace


def machine_fingerprint() -> str:
    """A hash that differs between machines and tells nothing of them."""
    parts = _machine()
    for path in (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")):
        try:
            parts.append(path.read_text(encoding="ascii").strip())
        except (OSError, UnicodeDecodeError):
            continue
        break
    else:
        import uuid

        parts.append(f"{uuid.getnode():012x}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _machine() -> list[str]:
    """Its name, processor and system; `platform` would say the same of a Unix machine and costs a start 3 ms."""
    if sys.platform == "win32":
        import platform

        return [platform.node(), platform.machine(), platform.system()]
    about = os.uname()
    return [about.nodename, about.machine, about.sysname]


def ensure_device(workspace: "Workspace") -> Device:
    """This device; a new one at first run and on another machine."""
    known = workspace.store.devices.current()
    if known is not None and known.fingerprint == machine_fingerprint():
        return known
    return mint_device(workspace)


def mint_device(workspace: "Workspace") -> Device:
    """Become a new device: a new UUID and a new key."""
    import uuid

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    device = Device(
        device_id=str(uuid.uuid4()),
        fingerprint=machine_fingerprint(),
        created_at=workspace.now(),
        public_key=key.public_key().public_bytes_raw(),
        private_key=key.private_bytes_raw(),
    )
    with workspace.store.write():
        workspace.store.devices.add(device)
        workspace.store.journal.append("device_made", data={"device_id": device.device_id}, at=device.created_at)
    return device


def this_device(workspace: "Workspace") -> Device:
    """The device that this folder is."""
    device = workspace.store.devices.current()
    if device is None:
        raise LookupError("a workspace that writes has a device")
    return device


def sign(device: Device, message: bytes) -> bytes:
    """The device's Ed25519 signature (64 bytes) of `message`."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(device.private_key).sign(message)


def is_signature(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of the key's owner over `message`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
