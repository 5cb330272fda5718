"""How a good file is damaged: bytes, lines, JSON values, and entries of a zip whose checksums are then right again."""

import copy
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

Damage = Callable[[bytes], bytes]

PIECES = [b"", b"\0", b"\xff\xff\xff\xff", b"\xff\xfe", b"'", b'"', b"\n", b"\r", b",", b";", b"{", b"[", b"-", b"9" * 400,
          b"1e999", b"NaN", b"../", "è€𝄞".encode(), b"\xed\xa0\x80", b"=1+1", b"null", b"\x80", b"2026-13-45"]  # fmt: skip

VALUES: list[Any] = [None, True, "", "x" * 5000, "\ud800", "\0", -1, 0, 2**70, 1e308, float("nan"), [], {}, [[]], [None],
                     {"": None}, "../x", "1/0", "2026-13-45", ["a"] * 50, "0" * 64]  # fmt: skip


@st.composite
def in_bytes(draw: DrawFn, good: bytes, most: int = 4) -> bytes:
    """Some pieces replaced, left out, doubled or put in, or the end cut off."""
    data = bytearray(good)
    for _turn in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 1, 2, 4, 16, 300]))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            data[at : at + length] = draw(st.sampled_from(PIECES))
        elif kind == 1:
            data[at:at] = data[at : at + length] * draw(st.integers(1, 3))
        elif kind == 2:
            del data[at:]
        elif kind == 3 and at < len(data):
            data[at] ^= 1 << draw(st.integers(0, 7))
        else:
            data[at : at + length] = draw(st.binary(max_size=8))
    return bytes(data)


@st.composite
def in_json(draw: DrawFn, good: bytes) -> bytes:
    """Some values of a JSON document replaced by others, keys left out or put in."""
    document = json.loads(good)
    for _turn in range(draw(st.integers(1, 3))):
        holder: Any = document
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(holder[key], dict | list) and holder[key] and draw(st.booleans()):
                holder = holder[key]
                continue
            if draw(st.integers(0, 3)) == 0:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
            break
    return json.dumps(document).encode()


@st.composite
def in_zip(draw: DrawFn, good: bytes) -> bytes:
    """One entry damaged, the archive whole; or the archive's own bytes damaged."""
    if draw(st.integers(0, 3)) == 0:
        return draw(in_bytes(good))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = draw(st.sampled_from(old.namelist()))
        for info in old.infolist():
            data = old.read(info)
            if info.filename == chosen:
                is_json = info.filename.endswith(".json") and draw(st.booleans())
                data = draw(in_json(data) if is_json else in_bytes(data))
            new.writestr(info, data)
    return made.getvalue()
