"""Writes a PDF object by object, so that only one source at a time is in memory.

pikepdf holds every object of a document until it is saved: about 4 MB for each thousand names of a
tagged roll. Objects go into compressed object streams (PDF 32000-1, 7.5.7) as they come.
"""

import hashlib
import re
import struct
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

import pikepdf

# A string, which stays as it is, a reference to an object of the source, or to one of the writer.
_REFERENCE = re.compile(rb"\((?:[^()\\]|\\.)*\)|\b(\d+) 0 R\b|/Writer\.(\d+)", re.DOTALL)
# How many objects share a stream; a reader unpacks a whole one to see any of them.
_PACKED = 200
_ENTRY = struct.Struct(">BIH")


class Writer:
    """A PDF that is being written to `path`. Numbers of objects may be given out before the
    objects are there."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._hash = hashlib.sha256()
        self._table = bytearray(_ENTRY.pack(0, 0, 65535))
        self._pack: list[tuple[int, bytes]] = []
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def number(self) -> int:
        """The number of an object that will be put here."""
        self._table += bytes(_ENTRY.size)
        return len(self._table) // _ENTRY.size - 1

    def put(self, number: int, body: bytes) -> None:
        """An object that is no stream."""
        self._pack.append((number, body))
        if len(self._pack) == _PACKED:
            self._put_pack()

    def put_stream(self, number: int, keys: bytes, data: bytes) -> None:
        """A stream; `keys` is its dictionary without brackets and length."""
        self._note(number, 1, self._file.tell(), 0)
        head = b"%d 0 obj\n<<%s /Length %d>>\nstream\n" % (number, keys, len(data))
        self._write(head, data, b"\nendstream\nendobj\n")

    def finish(self, root: int, info: int) -> None:
        """The table of objects and the end. The file's id is the hash of what stands before."""
        self._put_pack()
        number = self.number()
        start = self._file.tell()
        self._note(number, 1, start, 0)
        size = len(self._table) // _ENTRY.size
        name = self._hash.hexdigest()[:32].encode()
        keys = b" /Type /XRef /Filter /FlateDecode /W [1 4 2] /Size %d /Root %d 0 R /Info %d 0 R"
        ids = b" /ID [<%s> <%s>]" % (name, name)
        self.put_stream(number, keys % (size, root, info) + ids, zlib.compress(self._table))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _put_pack(self) -> None:
        if not self._pack:
            return
        holder = self.number()
        index = b""
        bodies = b""
        for place, (number, body) in enumerate(self._pack):
            self._note(number, 2, holder, place)
            index += b"%d %d " % (number, len(bodies))
            bodies += body + b"\n"
        keys = b" /Type /ObjStm /Filter /FlateDecode /N %d /First %d" % (
            len(self._pack),
            len(index),
        )
        self._pack = []
        self.put_stream(holder, keys, zlib.compress(index + bodies))

    def _note(self, number: int, kind: int, where: int, place: int) -> None:
        _ENTRY.pack_into(self._table, number * _ENTRY.size, kind, where, place)

    def _write(self, *parts: bytes) -> None:
        for part in parts:
            self._hash.update(part)
            self._file.write(part)


def reference(number: int) -> pikepdf.Name:
    """What stands, in a source that is about to be copied, for the writer's object."""
    return pikepdf.Name(f"/Writer.{number}")


class Copier:
    """Copies objects of one open PDF, with all that they refer to, into a writer."""

    def __init__(self, source: pikepdf.Pdf, writer: Writer) -> None:
        self._source = source
        self._writer = writer
        self._numbers: dict[int, int] = {}
        self._waiting: list[int] = []

    def copy(self, thing: pikepdf.Object) -> int:
        """Copies it unless that is done, and returns its number in the writer."""
        if not thing.is_indirect:
            thing = self._source.make_indirect(thing)
        number = self._number(thing.objgen[0])
        while self._waiting:
            self._copy(self._waiting.pop())
        return number

    def _number(self, old: int) -> int:
        if old not in self._numbers:
            self._numbers[old] = self._writer.number()
            self._waiting.append(old)
        return self._numbers[old]

    def _copy(self, old: int) -> None:
        thing = self._source.get_object(old, 0)
        if isinstance(thing, pikepdf.Stream):
            data = thing.read_raw_bytes()
            keys = thing.stream_dict
            if "/Length" in keys:
                del keys["/Length"]
            body = self._renumbered(keys.unparse(resolved=True))
            self._writer.put_stream(
                self._numbers[old], body.removeprefix(b"<<").removesuffix(b">>"), data
            )
        else:
            self._writer.put(self._numbers[old], self._renumbered(thing.unparse(resolved=True)))

    def _renumbered(self, body: bytes) -> bytes:
        return _REFERENCE.sub(self._reference, body)

    def _reference(self, found: re.Match[bytes]) -> bytes:
        _, old, ours = found.group(0, 1, 2)
        if old:
            return b"%d 0 R" % self._number(int(old))
        return b"%s 0 R" % ours if ours else found[0]
