"""`mshopper encryption`: the data encrypted at rest, in clear again, or with another passphrase."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mshopper.cli import common
from mshopper.errors import MshopperError
from mshopper.i18n import _

if TYPE_CHECKING:
    from mshopper.store.cipher import Key

_NEW = click.option("--new-passphrase-file", type=common.FILE, help="A file whose first line is the new passphrase.")


@click.group("encryption")
def encryption_group() -> None:
    """Encrypt the data of this computer, change its passphrase, or keep it in clear again."""


@encryption_group.command("status")
@common.json_option
@common.data_option
def status(as_json: bool, data: Path | None) -> None:
    """Say whether the data is encrypted."""
    from mshopper import operations as ops

    folder = common.data_folder(data)
    state, available = ops.encryption_state(folder), ops.can_encrypt()
    if as_json:
        common.print_json({"state": state, "available": available, "keyring": ops.can_remember()})
        return
    said = _("The data is encrypted.") if state == "encrypted" else _("The data is not encrypted.")
    click.echo(said)


@encryption_group.command("on")
@_NEW
@click.option(
    "--keyring", is_flag=True, help="Keep the key in this system's keyring, so that no passphrase is asked for."
)
@common.data_option
def turn_on(new_passphrase_file: Path | None, keyring: bool, data: Path | None) -> None:
    """Encrypt the data. The passphrase is asked for; without it nobody can ever read the data again."""
    from mshopper import operations as ops

    folder = common.data_folder(data)
    passphrase = _new_passphrase(new_passphrase_file)
    if ops.encryption_state(folder) == "none":
        ops.open_workspace(folder).close()
    with common.progress_bar(_("Encrypting")) as progress:
        done = ops.encrypt(folder, passphrase, progress)
    click.echo(done.sentence())
    if keyring and done.key is not None:
        ops.remember_key(folder, done.key)


@encryption_group.command("off")
@common.data_option
def turn_off(data: Path | None) -> None:
    """Keep the data in clear again."""
    from mshopper import operations as ops

    folder = common.data_folder(data)
    with common.progress_bar(_("Decrypting")) as progress:
        click.echo(ops.decrypt(folder, _key(folder), progress).sentence())


@encryption_group.command("change")
@_NEW
@common.data_option
def change(new_passphrase_file: Path | None, data: Path | None) -> None:
    """Change the passphrase."""
    from mshopper import operations as ops

    folder = common.data_folder(data)
    key = _key(folder)
    passphrase = _new_passphrase(new_passphrase_file)
    with common.progress_bar(_("Encrypting")) as progress:
        click.echo(ops.change_passphrase(folder, key, passphrase, progress).sentence())


def _key(folder: Path) -> "Key":
    key = common.key_of(folder)
    if key is None:
        raise MshopperError(_("The data in {folder} isn't encrypted.").format(folder=folder))
    return key


def _new_passphrase(file: Path | None) -> str:
    """From the file, from MSHOPPER_NEW_PASSPHRASE, or asked for twice."""
    given = common.secret(file, "MSHOPPER_NEW_PASSPHRASE")
    if given is None:
        given = common.ask_secret(_("New passphrase"), twice=True)
    if given is None:
        raise MshopperError(_("Name a new passphrase (--new-passphrase-file, or MSHOPPER_NEW_PASSPHRASE)."))
    return given
