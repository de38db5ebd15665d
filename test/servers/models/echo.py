"""The model behind every server of this folder: each row's prediction proves which row was answered, and what of it arrived.

A row's `text` may ask for more: `poison` fails the request, `nan` and `inf` answer what JSON has no number for, `reported` answers an error
object, `slow:<ms>` waits, and `long:<n>` answers with n characters.
"""

import json
import math
import os
import time

ASKED = ("id", "text")


def predict(rows):
    """One prediction for each row (a dict), in order. A script in the file SCRIPT_FILE, if there is one, replaces the model."""
    script = read_script()
    return follow(json.loads(script), script, rows) if script else [prediction(row) for row in rows]


def prediction(row):
    text = present(row.get("text"))
    command, _, amount = (text if isinstance(text, str) else "").partition(":")
    if command == "poison":
        raise ValueError(f"the row {row['id']} is poison")
    if command == "reported":
        return {"error": f"no answer to {row['id']}"}
    if command == "slow":
        time.sleep(int(amount) / 1000)
    mirrored = "x" * int(amount) if command == "long" else text[::-1] if isinstance(text, str) else None
    saw = [f"{value!r} ({type(value).__name__})" for name, value in row.items() if name not in ASKED]
    return {"twice": row["id"] * 2, "score": score(row["id"], command), "mirrored": mirrored, "saw": saw}


def score(identity, command):
    return {"nan": math.nan, "inf": math.inf}.get(command, identity / 2)


def present(value):
    """pandas says NaN if a text is missing."""
    return None if isinstance(value, float) and math.isnan(value) else value


def read_script():
    try:
        with open(os.environ["SCRIPT_FILE"], encoding="utf-8") as file:
            return file.read()
    except (KeyError, FileNotFoundError):
        return ""


def follow(script, text, rows):
    """Does what src/testing/model-script.ts says."""
    ids = [int(row["id"]) for row in rows]
    while script.get("hangs") and read_script() == text:
        time.sleep(0.02)
    slow = script.get("slowRow")
    time.sleep((script.get("delayMs", 0) + (slow["ms"] if slow and slow["id"] in ids else 0)) / 1000)
    if script.get("failOnRow") in ids:
        raise ValueError("the model threw")
    answers = [scripted(script, row, identity) for row, identity in zip(rows, ids)]
    if script.get("surplus") == 1:
        answers.append(-1)
    return answers[:-1] if script.get("surplus") == -1 else answers


def scripted(script, row, identity):
    if script.get("reportRow") == identity:
        return {"error": "bad row"}
    return {"id": identity, "text": row["text"]} if script.get("predicts") == "row" else identity
