"""Compares each row of a Parquet file, as PyArrow reads it, with what the model received for it (models/seen.py), by the rules of
docs/reference/protocols.md. Prints what differs, a line each, and how many values are equal.

    python compare.py <file.parquet> …
"""

import base64
import datetime
import decimal
import json
import math
import struct
import sys

import pyarrow as pa
import pyarrow.parquet as pq

DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def main(paths):
    equal = 0
    for path in paths:
        table = pq.ParquetFile(path).read()
        names = [name for name in table.column_names if name != "seen"]
        for index in range(table.num_rows):
            received = dict(json.loads(table.column("seen")[index].as_py())["object"])
            # An object of JavaScript has names that are numbers first.
            if sorted(received) != sorted(names):
                print(f"row {index}: columns {list(received)!r}")
            for name in names:
                value = table.column(name)[index]
                if same(value, received.get(name)):
                    equal += 1
                else:
                    print(f"row {index}: {name!r} {value.type}: {value!s} was received as {received.get(name)!r}")
    print(f"equal: {equal}")


def same(value, received, inside=False):
    """Whether an Arrow scalar is what the model received. `inside`: of an object, if decimals are text."""
    kind = value.type
    if not value.is_valid:
        return received is None
    if pa.types.is_boolean(kind):
        return received is value.as_py()
    if pa.types.is_integer(kind):
        return received == {"number": str(value.as_py())}
    if pa.types.is_floating(kind):
        return same_float(value.as_py(), received, kind)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        items = value.values
        if not isinstance(received, list) or len(received) != len(items):
            return False
        return all(same(item, each, inside) for item, each in zip(items, received))
    if pa.types.is_struct(kind):
        fields = received["object"]
        return [name for name, _ in fields] == [field.name for field in kind] and all(
            same(value[index], each, inside=True) for index, (_, each) in enumerate(fields)
        )
    if pa.types.is_decimal(kind) and not inside:
        # Sent with all digits; a reader of JSON makes the nearest double of them.
        return "number" in received and float(received["number"]) == float(value.as_py())
    return received == {"text": text(value)}


def same_float(value, received, kind):
    if not math.isfinite(value):
        return received is None
    got = float(received["number"])
    if pa.types.is_float32(kind):
        got = struct.unpack("f", struct.pack("f", got))[0]
    return struct.pack("d", got) == struct.pack("d", value)


def text(value):
    """What the protocols page says of types that JSON does not have."""
    kind = value.type
    if pa.types.is_decimal(kind):
        return format(value.as_py(), "f")
    if any(test(kind) for test in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)):
        return base64.b64encode(value.as_py()).decode()
    if pa.types.is_date(kind):
        return value.as_py().isoformat()
    if pa.types.is_time(kind):
        return clock(value.cast(pa.int64() if kind.bit_width == 64 else pa.int32()).as_py(), kind.unit)
    if pa.types.is_timestamp(kind):
        day, rest = divmod(value.cast(pa.int64()).as_py(), 86400 * 10 ** DIGITS[kind.unit])
        date = datetime.date.fromordinal(datetime.date(1970, 1, 1).toordinal() + day).isoformat()
        return f"{date}T{clock(rest, kind.unit)}+00:00" if kind.tz else f"{date} {clock(rest, kind.unit)}"
    return value.as_py()


def clock(count, unit):
    """The time of a day, its fraction in 0, 3, 6 or 9 digits."""
    seconds, fraction = divmod(count, 10 ** DIGITS[unit])
    digits = str(fraction).rjust(DIGITS[unit], "0") if fraction else ""
    while digits.endswith("000"):
        digits = digits[:-3]
    shown = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{shown}.{digits}" if digits else shown


if __name__ == "__main__":
    decimal.getcontext().prec = 80
    main(sys.argv[1:])
