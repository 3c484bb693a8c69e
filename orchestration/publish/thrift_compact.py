"""Reads and writes Thrift's compact protocol, in which a Parquet file tells what it holds.

Nothing is interpreted: a struct comes as {field number: (type, value)}, so that what is read, changed in a few
fields and written again keeps every other field, known or not.
Source: the Apache Thrift project's specification of the compact protocol, thrift-compact-protocol.md.
"""

from typing import Any

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT, UUID = range(1, 14)

_BYTES = {BYTE: 1, DOUBLE: 8, UUID: 16}
_NUMBERS = (I16, I32, I64)
_LONG = 15
"""In the header of a list or a struct's field: the size, or the field's number, follows by itself."""

Struct = dict[int, tuple[int, Any]]


def decode(data: bytes) -> Struct:
    """Return the struct that `data` begins with.

    A list or set is (type of its items, items), a map (type of keys, type of values, pairs), a number an int;
    a double stays as its 8 bytes. Raises ValueError for what is no such struct.
    """
    try:
        return _Reader(data).struct()
    except IndexError as error:
        raise ValueError("The struct ends too early.") from error


def encode(struct: Struct) -> bytes:
    """Return a struct as `decode` reads it."""
    out = bytearray()
    _put_struct(out, struct)
    return bytes(out)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self) -> Struct:
        found: Struct = {}
        number = 0
        while header := self._byte():
            type_ = header & 15
            number = number + (header >> 4) if header >> 4 else self._number()
            found[number] = type_, (type_ == TRUE if type_ in (TRUE, FALSE) else self._value(type_))
        return found

    def _value(self, type_: int) -> Any:
        if type_ in _NUMBERS:
            return self._number()
        if type_ == BINARY:
            return self._bytes(self._varint())
        if type_ == STRUCT:
            return self.struct()
        if type_ in (LIST, SET):
            header = self._byte()
            size = self._varint() if header >> 4 == _LONG else header >> 4
            return header & 15, [self._item(header & 15) for _ in range(size)]
        if type_ == MAP:
            size = self._varint()
            header = self._byte() if size else 0
            pairs = [(self._item(header >> 4), self._item(header & 15)) for _ in range(size)]
            return header >> 4, header & 15, pairs
        if type_ in _BYTES:
            return self._bytes(_BYTES[type_])
        raise ValueError(f"No type has the number {type_}.")

    def _item(self, type_: int) -> Any:
        return self._byte() if type_ in (TRUE, FALSE) else self._value(type_)

    def _byte(self) -> int:
        byte = self._data[self._at]
        self._at += 1
        return byte

    def _bytes(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        if len(found) < size:
            raise ValueError("A text ends too early.")
        self._at += size
        return found

    def _varint(self) -> int:
        found = shift = 0
        while (byte := self._byte()) & 128:
            found |= (byte & 127) << shift
            shift += 7
        return found | byte << shift

    def _number(self) -> int:
        zigzag = self._varint()
        return zigzag >> 1 ^ -(zigzag & 1)


def _put_struct(out: bytearray, struct: Struct) -> None:
    before = 0
    for number, (type_, value) in struct.items():
        header = (TRUE if value else FALSE) if type_ in (TRUE, FALSE) else type_
        if 0 < number - before < _LONG + 1:
            out.append(number - before << 4 | header)
        else:
            out.append(header)
            _put_number(out, number)
        if type_ not in (TRUE, FALSE):
            _put_value(out, type_, value)
        before = number
    out.append(0)


def _put_value(out: bytearray, type_: int, value: Any) -> None:
    if type_ in _NUMBERS:
        _put_number(out, value)
    elif type_ == BINARY:
        _put_varint(out, len(value))
        out += value
    elif type_ == STRUCT:
        _put_struct(out, value)
    elif type_ in (LIST, SET):
        item_type, items = value
        out.append(min(len(items), _LONG) << 4 | item_type)
        if len(items) >= _LONG:
            _put_varint(out, len(items))
        for item in items:
            _put_item(out, item_type, item)
    elif type_ == MAP:
        key_type, value_type, pairs = value
        _put_varint(out, len(pairs))
        if pairs:
            out.append(key_type << 4 | value_type)
        for key, item in pairs:
            _put_item(out, key_type, key)
            _put_item(out, value_type, item)
    else:
        out += value


def _put_item(out: bytearray, type_: int, value: Any) -> None:
    if type_ in (TRUE, FALSE):
        out.append(value)
    else:
        _put_value(out, type_, value)


def _put_varint(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _put_number(out: bytearray, value: int) -> None:
    _put_varint(out, value << 1 if value >= 0 else (-value << 1) - 1)
