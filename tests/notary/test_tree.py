"""The tree is that of RFC 6962, its tiles those of C2SP, and what was not in it cannot be proven."""

import base64
import hashlib
from collections.abc import Collection

import pytest

from backend.notary.notes import Checkpoint, NoteRefused, SignerKey, VerifierKey, checkpoint_open, note_signers
from backend.notary.tree import (
    EMPTY,
    NotProven,
    TileMissing,
    Tree,
    consistency_check,
    inclusion_root,
    leaf_hash,
    node_hash,
    tiles_extended,
)

# The eight leaves and their roots by which implementations of Certificate Transparency are compared.
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes(range(0x60, 0x70)))
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Kept:
    """Tiles in memory, extended by any number of leaves at a time."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.hashes: list[bytes] = []

    def read(self, level: int, number: int) -> bytes:
        return self.tiles.get((level, number), b"")

    def extend(self, entries: list[bytes]) -> None:
        added = [leaf_hash(entry) for entry in entries]
        self.tiles |= tiles_extended(size=len(self.hashes), leaves=added, read=self.read)
        self.hashes += added

    def tree(self, size: int) -> Tree:
        """Return the tree of a size; whatever it reads of tiles it has asked for beforehand, all at once."""
        fetched: dict[tuple[int, int], bytes] = {}

        def ahead(keys: Collection[tuple[int, int]]) -> None:
            fetched.clear()
            fetched.update({key: self.read(*key) for key in keys})

        return Tree(size=size, read=lambda level, number: fetched[level, number], ahead=ahead)


def naive_root(hashes: list[bytes]) -> bytes:
    """Return the root by the definition of RFC 6962, without any tile."""
    if len(hashes) == 1:
        return hashes[0]
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    return node_hash(naive_root(hashes[:middle]), naive_root(hashes[middle:]))


def test_the_published_roots_come_out() -> None:
    kept = Kept()
    assert kept.tree(0).root() == EMPTY == bytes.fromhex(hashlib.sha256().hexdigest())
    for leaf in LEAVES:
        kept.extend([leaf])
    assert [kept.tree(size).root().hex() for size in range(1, 9)] == ROOTS


def test_tiles_are_as_wide_as_published_and_proofs_of_every_size_hold() -> None:
    """The widths are those of the example of tlog-tiles; growing by odd batches makes the same tiles as at once."""
    at_once, grown = Kept(), Kept()
    entries = [str(number).encode() for number in range(70_000)]
    at_once.extend(entries)
    for start in range(0, len(entries), 997):
        grown.extend(entries[start : start + 997])
    assert grown.tiles == at_once.tiles
    widths = [[len(tile) // 32 for key, tile in sorted(grown.tiles.items()) if key[0] == level] for level in range(3)]
    assert widths == [[256] * 273 + [112], [256, 17], [1]]
    for size in (1, 2, 3, 255, 256, 257, 511, 65_535, 65_536, 65_537, 70_000):
        tree = grown.tree(size)
        root = tree.root()
        assert root == naive_root(grown.hashes[:size])
        for index in {0, size // 3, size - 1}:
            proof = tree.inclusion(index)
            assert inclusion_root(leaf=grown.hashes[index], index=index, size=size, proof=proof) == root
        for before in {1, size // 2, size - 1, size} - {0}:
            proof = tree.consistency(before)
            consistency_check(before=before, old=grown.tree(before).root(), size=size, new=root, proof=proof)
    with pytest.raises(TileMissing):
        grown.tree(70_001).root()


def test_what_is_not_so_is_not_proven() -> None:
    kept = Kept()
    kept.extend(LEAVES[:7])
    tree, old = kept.tree(7), kept.tree(5).root()
    root, leaf, proof = tree.root(), kept.hashes[4], tree.inclusion(4)
    assert inclusion_root(leaf=kept.hashes[3], index=4, size=7, proof=proof) != root
    assert inclusion_root(leaf=leaf, index=5, size=7, proof=proof) != root
    for index, size, wrong in ((7, 7, proof), (4, 7, proof[:-1]), (4, 7, [*proof, root]), (-1, 7, proof)):
        with pytest.raises(NotProven):
            inclusion_root(leaf=leaf, index=index, size=size, proof=wrong)
    steps = tree.consistency(5)
    for before, was, size, now, wrong in (
        (5, root, 7, root, steps),
        (5, old, 7, old, steps),
        (4, old, 7, root, steps),
        (5, old, 7, root, steps[:-1]),
        (5, old, 7, root, [*steps, root]),
        (5, old, 7, root, []),
        (7, old, 5, root, steps),
        (7, old, 7, root, []),
        (0, EMPTY, 7, root, steps),
    ):
        with pytest.raises(NotProven):
            consistency_check(before=before, old=was, size=size, new=now, proof=wrong)


KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def test_the_published_note_is_read_and_a_changed_one_is_not() -> None:
    key = VerifierKey.read(KEY)
    assert str(key) == KEY
    assert list(note_signers(note=NOTE, keys=(key,))) == [key]
    stranger = SignerKey.made("example.com/foo")
    signature = stranger.note("This is an example message.\n").partition("\n\n")[2]
    assert list(note_signers(note=NOTE + signature, keys=(key,))) == [key]  # others may sign too
    assert note_signers(note=NOTE, keys=(stranger.verifier(),)) == {}
    for wrong in (NOTE.replace("an example", "another"), NOTE[:-1], NOTE.replace("\n\n", "\n"), f"\x07{NOTE}", "\n\n"):
        with pytest.raises(NoteRefused):
            note_signers(note=wrong, keys=(key,))


def test_keys_and_checkpoints_come_back_as_they_were_written() -> None:
    signer = SignerKey.made("school.example/ledger")
    assert SignerKey.read(f"{signer}\n") == signer
    checkpoint = Checkpoint("school.example/ledger", 7, hashlib.sha256(b"x").digest())
    note = signer.note(checkpoint.text())
    assert checkpoint_open(note=note, key=signer.verifier()) == checkpoint
    assert note.splitlines()[1] == "7"
    with pytest.raises(NoteRefused):
        checkpoint_open(note=note, key=SignerKey.made("school.example/ledger").verifier())
    with pytest.raises(NoteRefused):
        checkpoint_open(note=signer.note("school.example/other\n7\n" + "A" * 43 + "=\n"), key=signer.verifier())
    for text in ("a\n07\n" + "A" * 43 + "=\n", "a\n7\nAAAA\n", "a\n7\n", "a\n-1\n" + "A" * 43 + "=\n"):
        with pytest.raises(NoteRefused):
            Checkpoint.read(text)
    for key in (KEY.replace("foo", "bar"), "foo", "a+b+c", f"{KEY}A"):
        with pytest.raises(NoteRefused):
            VerifierKey.read(key)
    with pytest.raises(NoteRefused):
        SignerKey.made("with blank")


# The key, and what the reference implementation in Go says of it in its own tests of notes.
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_go_signs_the_same_bytes() -> None:
    signer = SignerKey.read(GO_SECRET)
    assert str(signer.verifier()) == GO_PUBLIC
    assert signer.note(GO_NOTE.partition("\n\n")[0] + "\n") == GO_NOTE
    assert base64.b64decode(GO_PUBLIC.rpartition("+")[2])[0] == 1
