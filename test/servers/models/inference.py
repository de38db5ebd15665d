"""The echo model as the script that a user gives to SageMaker: the four functions of Amazon's inference toolkit."""

import csv
import io
import json

import echo


def model_fn(model_dir):
    return echo


def input_fn(body, content_type):
    text = body.decode() if isinstance(body, (bytes, bytearray)) else body
    if content_type == "application/jsonlines":
        # Not splitlines, which also splits at characters inside texts, such as U+2028.
        return [json.loads(line) for line in text.split("\n") if line]
    if content_type == "text/csv":
        # Every cell is text, whatever it was.
        return [{**row, "id": int(row["id"])} for row in csv.DictReader(io.StringIO(text, newline=""))]
    if content_type == "application/json":
        return rows_of(json.loads(text))
    raise ValueError(f"no rows in {content_type}")


def rows_of(request):
    if isinstance(request, list):
        return request
    if "dataframe_split" in request:
        split = request["dataframe_split"]
        return [dict(zip(split["columns"], row)) for row in split["data"]]
    return request["instances"] if "instances" in request else request["dataframe_records"]


def predict_fn(rows, model):
    return model.predict(rows)


def output_fn(predictions, accept):
    if accept in ("application/jsonlines", "text/csv"):
        return "\n".join(json.dumps(prediction) for prediction in predictions)
    return json.dumps({"predictions": predictions})
