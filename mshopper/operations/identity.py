"""Who this device is: a UUID, an Ed25519 key made at first run, and the machine they belong to.

A data folder that was copied to another machine becomes a device of its own there, so that two laptops never publish under
one name; the former keys stay, since they verify what was signed with them.
"""

import hashlib
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mshopper.store.devices import Device

if TYPE_CHECKING:
    from mshopper.operations.workspace import Workspace


def machine_fingerprint() -> str:
    """A hash that differs between machines and tells nothing of them.

    It is over the identity that the system gave itself when it was installed: a new name, dock or network card changes
    nothing, so that the laptop stays the device it is.
    """
    return hashlib.sha256((_installation() or _host_name()).encode()).hexdigest()


def _installation() -> str:
    """What the system calls this installation of itself; "" where it doesn't say."""
    system = sys.platform
    if system == "win32":
        return _windows_installation()
    if system == "darwin":
        return _mac_hardware()
    for path in (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")):
        try:
            if known := path.read_text(encoding="ascii").strip():
                return known
        except (OSError, UnicodeDecodeError):
            continue
    return ""


def _windows_installation() -> str:
    winreg: Any = import_module("winreg")  # it is on Windows alone
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    except OSError:
        return ""


def _mac_hardware() -> str:
    import subprocess

    command = ["/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=5).stdout  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return ""
    lines = [line for line in said.splitlines() if "IOPlatformUUID" in line]
    return lines[0].rpartition("=")[2].strip(' "') if lines else ""


def _host_name() -> str:
    import socket

    return socket.gethostname()


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
