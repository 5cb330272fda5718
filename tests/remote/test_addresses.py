"""Addresses of servers: what a person writes, what is shown and kept of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mshopper.errors import HeadOfficeError
from mshopper.exchange.address import SCHEMES, Address, Login, is_address, read_address

NAME = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/"), min_size=1, max_size=12).filter(
    lambda text: text not in {".", ".."} and text.strip() == text
)


@settings(max_examples=40)
@given(
    st.builds(
        Address,
        scheme=st.sampled_from(SCHEMES),
        host=st.sampled_from(["server.example", "10.0.0.7", "::1"]),
        port=st.none() | st.integers(1, 65535),
        path=st.lists(NAME, min_size=1, max_size=3).map("/".join),
        user=st.just("") | NAME,
    )
)
def test_what_is_shown_of_an_address_is_that_address(address: Address) -> None:
    """Any folder's name and any user's, odd characters included, comes back from the text that is kept."""
    assert read_address(str(address)) == (address, None)


def test_a_password_is_taken_out_of_an_address() -> None:
    """It goes apart, and neither the address nor the login shows it."""
    text = "webdavs://anna:se%20cret@cloud.example:8443/sedi/Nord%20%231?endpoint_url=x&password=y"
    address, login = read_address(text)
    assert login == Login("anna", "se cret")
    assert str(address) == "webdavs://anna@cloud.example:8443/sedi/Nord%20%231?endpoint_url=x"
    assert "cret" not in repr(address) + repr(login)


@pytest.mark.parametrize(
    "text", ["ftp://me:pw@h/x", "smb://me:pw@h", "sftp://me:pw@h:no/x", "s3://me:pw@", "webdav://me:pw@h/../x"]
)
def test_what_is_no_address_is_refused_without_repeating_it(text: str) -> None:
    """It may hold a password."""
    assert is_address(text)
    with pytest.raises(HeadOfficeError, match="isn't an address") as refused:
        read_address(text)
    assert "pw" not in str(refused.value)


def test_paths_are_no_addresses() -> None:
    """Neither a drive's letter nor a network path of Windows is a server's address."""
    assert not any(is_address(text) for text in ("C:\\sede", "\\\\server\\sede", "/mnt/sede", "sede", "C://sede"))
