"""Whose key signed: it proves little while anybody could have made the key, so a result says where it is known from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import HeadOfficeError
from mshopper.model.verification import Check, agrees, differs, unchecked

if TYPE_CHECKING:
    from mshopper.operations.workspace import Workspace

_SHOWN = 16
"""Digits of a key that are shown, for two people to compare."""


@dataclass
class KnownKeys:
    """The keys that are known here: this data folder's own devices, and those that devices published to a head office."""

    workspace: "Workspace | None" = None
    office: Path | None = None
    _published: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: "Workspace") -> "KnownKeys":
        """The keys that this data folder and the head-office folder of its settings know."""
        from mshopper.operations.reaching import chosen_folder

        return cls(workspace, chosen_folder(workspace))

    def own(self, device_id: str) -> str:
        """The key (hex) of a device that this data folder is or was; "" for another."""
        device = self.workspace.store.devices.get(device_id) if self.workspace else None
        return device.public_key.hex() if device else ""

    def published(self, device_id: str) -> str:
        """The key that the device published to the head office; "" where none can be read."""
        if self.office is None:
            return ""
        if device_id not in self._published:
            from mshopper.exchange.folder import HeadOffice

            try:
                self._published[device_id] = HeadOffice(self.office).device_key(device_id) or ""
            except (HeadOfficeError, ValueError):
                self._published[device_id] = ""
        return self._published[device_id]

    def checks(self, device_id: str, public_key: str) -> Iterator[Check]:
        """Whether `public_key`, by which a signature of that device was verified, is known as the device's."""
        own, published = self.own(device_id), self.published(device_id)
        if known := own or published:
            if known != public_key:
                yield differs("device", "key_other", device=device_id)
            elif own:
                yield agrees("device", "key_own", device=device_id)
            else:
                yield agrees("device", "key_published", device=device_id)
        elif public_key:
            yield unchecked("device", "key_carried", device=device_id, key=public_key[:_SHOWN])
        else:
            yield unchecked("device", "key_unknown", device=device_id)
