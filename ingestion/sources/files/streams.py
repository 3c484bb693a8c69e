"""The bytes of a file: decompressed, brought to UTF-8, and honest about an end that came too early."""

import codecs
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from ingestion.sources.files.problems import FileProblem
from ingestion.sources.files.settings import CHUNK_BYTES, COMPRESSIONS

BLOCK = 1024 * 1024
ZSTD_BLOCK = 16 * 1024
"""Small, since what a failing read had already unpacked is lost with it."""
UTF8 = {"utf-8", "utf-8-sig"}
UTF8_BOM = codecs.BOM_UTF8
BAD_BYTE = "\udcff"
"""Stands for what the declared encoding does not know; becomes the byte 0xFF, which is never UTF-8."""


def _mark_bad(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return BAD_BYTE, error.end


codecs.register_error("listenhouse_mark", _mark_bad)


class Stream(io.RawIOBase):
    """A file as UTF-8 bytes. Bytes that the declared encoding does not know come out as 0xFF, so that only
    their rows are quarantined. `problem` says, after the end, why the file ended too early."""

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self.problem: FileProblem | None = None
        self._blocks = _utf8(self._until_problem(_blocks(path)), encoding)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def chunks(self, size: int = CHUNK_BYTES) -> Iterator[bytearray]:
        """Yield the bytes in pieces of about `size`."""
        piece = bytearray()
        for block in self._blocks:
            piece += block
            if len(piece) >= size:
                yield piece
                piece = bytearray()
        if piece:
            yield piece

    def _until_problem(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from blocks
        except FileProblem as problem:
            self.problem = problem


def _blocks(path: Path) -> Iterator[bytes]:
    compression = COMPRESSIONS.get(path.suffix.lower())
    with path.open("rb") as file:
        if compression == "gzip":
            yield from _gunzip(file)
        elif compression == "zstd":
            yield from _unzstd(file)
        else:
            while block := file.read(BLOCK):
                yield block


def _gunzip(file: io.BufferedReader) -> Iterator[bytes]:
    """Unpack gzip members one after another, keeping all that came before a broken end."""
    member = None
    while block := file.read(BLOCK):
        while block:
            member = member or zlib.decompressobj(wbits=31)
            try:
                data = member.decompress(block)
            except zlib.error as error:
                raise FileProblem("truncated", f"its gzip data is broken ({error})") from error
            if data:
                yield data
            block = member.unused_data if member.eof else b""
            if member.eof:
                member = None
    if member is not None:
        raise FileProblem("truncated", "its gzip data stops before its end mark")


def _unzstd(file: io.BufferedReader) -> Iterator[bytes]:
    if not file.peek(1):
        return
    stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
    while True:
        try:
            block = stream.read(ZSTD_BLOCK)
        except OSError as error:
            raise FileProblem("truncated", f"its zstd data is broken ({error})") from error
        if not block:
            return
        yield block


def _utf8(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding in UTF8:
        yield from _without_bom(blocks)
        return
    decoder = codecs.getincrementaldecoder(encoding)("listenhouse_mark")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "surrogateescape")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


def _without_bom(blocks: Iterator[bytes]) -> Iterator[bytes]:
    start = b""
    for block in blocks:
        start += block
        if len(start) >= len(UTF8_BOM):
            break
    yield start.removeprefix(UTF8_BOM)
    yield from blocks
