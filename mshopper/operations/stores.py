"""Stores: finding, adding, importing them."""

from pathlib import Path

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.record import Store
from mshopper.operations.workspace import Workspace


def list_stores(workspace: Workspace, text: str = "", *, limit: int = 200) -> tuple[Store, ...]:
    """Stores whose id, name or place holds every word of `text`."""
    return tuple(workspace.store.stores.search(text, limit=limit))


def add_store(workspace: Workspace, store: Store) -> Store:
    """Add a store, or change the one of that id. Raises MshopperError without an id."""
    if not store.store_id.strip():
        raise MshopperError(_("A store needs an id, such as MI-001."))
    workspace.store.stores.upsert([store])
    return store


def find_store(workspace: Workspace, store_id: str) -> Store:
    """The store of that id. Raises MshopperError, which says how to add one."""
    store = workspace.store.stores.get(store_id)
    if store is None:
        raise MshopperError(
            _(
                "There is no store “{store}” here: import your stores with “mshopper stores import FILE”, or sync."
            ).format(store=store_id)
        )
    return store


def import_stores(workspace: Workspace, path: Path) -> int:
    """Add and change stores from a list in any dialect; returns how many it holds. Raises HeadOfficeError."""
    from mshopper.operations.listing import preview_list, take_list

    return take_list(workspace, preview_list(workspace, path, "stores"))
