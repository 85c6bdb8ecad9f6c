import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.masking import apply_mask


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_it_is_the_masking_of_rfc_6455(data: bytes, key: bytes) -> None:
    expected = bytes(byte ^ key[i % 4] for i, byte in enumerate(data))
    assert apply_mask(data, key) == expected
    assert apply_mask(apply_mask(data, key), key) == data


def test_it_leaves_its_input_alone_and_takes_views() -> None:
    data = bytearray(b"unchanged")
    assert apply_mask(memoryview(data), b"\x01\x02\x03\x04") != data
    assert data == b"unchanged"


@pytest.mark.parametrize("size", [0, 3, 5])
def test_a_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"got a mask of {size} bytes, expected 4"):
        apply_mask(b"data", bytes(size))
