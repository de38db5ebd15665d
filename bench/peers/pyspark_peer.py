"""The same work by hand on PySpark: `pyspark_peer.py extract INPUT REQUESTS` and `pyspark_peer.py stitch REQUESTS RESPONSES TABLE`."""

import sys
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

LINE_ROWS = 500
SHARD_BYTES = 5_000_000
COLUMNS = "id BIGINT, ds STRING, delay BIGINT, distance BIGINT, origin STRING, destination STRING"
INSTANCES = f"instances ARRAY<STRUCT<{COLUMNS}>>"
PREDICTIONS = "predictions ARRAY<STRUCT<label BIGINT, probability DOUBLE>>"


def session() -> SparkSession:
    return SparkSession.builder.master("local[*]").config("spark.ui.enabled", "false").getOrCreate()


def extract(source: str, requests: str) -> None:
    """Spark limits files by records alone: the number of lines that fit if every row were as long as the longest of a sample."""
    rows = session().read.parquet(source).select("id", "ds", "delay", "distance", "origin", "destination")
    row = f.struct(*rows.columns)
    longest = rows.limit(10_000).select(f.max(f.length(f.to_json(row)))).first()[0] + len("00000000,")
    lines = rows.groupBy((f.col("id") / LINE_ROWS).cast("bigint")).agg(f.collect_list(row).alias("instances"))
    written = Path(requests, "..", "written").resolve()
    (
        lines.select(f.to_json(f.struct("instances")).alias("value"))
        .write.option("maxRecordsPerFile", SHARD_BYTES // (longest * LINE_ROWS))
        .text(str(written))
    )
    Path(requests).mkdir()
    for number, part in enumerate(sorted(written.glob("part-*"))):
        part.rename(Path(requests, f"shard-{number:05}.jsonl"))


def exploded(folder: str, suffix: str, schema: str, key: str) -> DataFrame:
    """One row an element, with its shard, the number of its line and its place in it; whole files, since only they know their lines' order."""
    files = session().read.text(folder, wholetext=True, pathGlobFilter=f"*{suffix}")
    shard = f.regexp_extract(f.input_file_name(), r"shard-(\d+)", 1).alias("shard")
    lines = files.select(shard, f.posexplode(f.split(f.rtrim("value"), "\n")).alias("line", "text"))
    items = lines.select("shard", "line", f.from_json("text", schema)[key].alias("items"))
    return items.select("shard", "line", f.posexplode("items").alias("place", "item")).select("shard", "line", "place", "item.*")


def stitch(requests: str, responses: str, table: str) -> None:
    rows = exploded(requests, ".jsonl", INSTANCES, "instances")
    answers = exploded(responses, ".jsonl.out", PREDICTIONS, "predictions")
    joined = rows.join(answers, ["shard", "line", "place"]).drop("shard", "line", "place")
    joined.write.option("compression", "zstd").partitionBy("ds").parquet(table)


if __name__ == "__main__":
    {"extract": extract, "stitch": stitch}[sys.argv[1]](*sys.argv[2:])
