"""What stands for the files of a packet: the lone file's own digest, else one over all, in whatever order they lie there."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from schemas.contents import contents_of

DIGESTS = st.binary(max_size=4).map(lambda each: hashlib.sha256(each).hexdigest())


def test_a_lone_file_stands_for_itself() -> None:
    """So people may ask by the digest of the PDF. Without files there is nothing to ask by."""
    assert "a" * 64 == contents_of(["a" * 64])
    assert "" == contents_of([])


@given(st.lists(DIGESTS, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_order_is_nothing_and_everything_else_counts(digests: list[str], chance: st.DataObject) -> None:
    """The same files in another order are the same; one more, one less, or another one is not."""
    mixed = list(digests)
    chance.shuffle(mixed)  # type: ignore[attr-defined] # Hypothesis gives a random.Random
    found = contents_of(digests)

    assert found == contents_of(mixed)
    assert found not in {
        contents_of([*digests, "0" * 64]),
        contents_of(digests[1:]),
        contents_of(["0" * 64, *digests[1:]]),
    }
