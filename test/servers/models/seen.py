"""What a model received, as text that says the type of each value, for tables whose every value is compared."""

import json


def seen(row):
    return {"seen": json.dumps(tagged(row))}


def tagged(value):
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return {"number": repr(value)}
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, dict):
        return {"object": [[name, tagged(each)] for name, each in value.items()]}
    if isinstance(value, (list, tuple)):
        return [tagged(each) for each in value]
    raise TypeError(f"{value!r} of type {type(value).__name__} is nothing that JSON has")
