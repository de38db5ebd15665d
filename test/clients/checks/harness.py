"""Runs the checks of one client in one process, and writes a line of JSON for each to the file that is its one argument."""

import json
import sys
import time
import traceback
import uuid

import boto3

ROLE = "arn:aws:iam::000000000000:role/scoring"
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def new_bucket(objects=None):
    """A bucket with some objects below in/, and its name."""
    bucket = f"client-{uuid.uuid4()}"
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=bucket)
    for key, text in (objects or {"a.csv": "1,2\n3,4\n"}).items():
        s3.put_object(Bucket=bucket, Key=f"in/{key}", Body=text.encode())
    return bucket


def read(bucket, key):
    return boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()


def keys(bucket, prefix):
    found = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return [each["Key"] for each in found.get("Contents", [])]


def new_name(stem):
    return f"{stem}-{uuid.uuid4().hex[:12]}"


def raises(error, work):
    try:
        work()
    except error as raised:
        return raised
    raise AssertionError(f"no {error.__name__} was raised")


def eventually(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def main():
    with open(sys.argv[1], "w") as results:
        for function in CHECKS:
            problem = None
            try:
                function()
            except BaseException:
                problem = traceback.format_exc()
            print(json.dumps({"check": function.__name__, "problem": problem}), file=results, flush=True)
