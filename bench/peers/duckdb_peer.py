"""The same work by hand on DuckDB: `duckdb_peer.py extract INPUT REQUESTS` and `duckdb_peer.py stitch REQUESTS RESPONSES TABLE`."""

import json
import sys
from pathlib import Path

import duckdb

LINE_ROWS = 500
SHARD_BYTES = 5_000_000
FETCH_LINES = 200
INSTANCE = {
    "id": "BIGINT",
    "ds": "VARCHAR",
    "delay": "BIGINT",
    "distance": "BIGINT",
    "origin": "VARCHAR",
    "destination": "VARCHAR",
}
PREDICTION = {"label": "BIGINT", "probability": "DOUBLE"}


def extract(source: str, requests: str) -> None:
    """Lines come in any order, since a request says itself which rows it holds. COPY … FILE_SIZE_BYTES writes files of up to twice the size."""
    Path(requests).mkdir(parents=True)
    row = ", ".join(f"{name}: {name}" for name in INSTANCE)
    result = duckdb.connect().execute(
        f"""
        SELECT '{{"instances":[' || string_agg(to_json({{{row}}}), ',') || ']}}' || chr(10)
        FROM read_parquet(?, file_row_number = true)
        GROUP BY file_row_number // {LINE_ROWS}
        """,
        [source],
    )
    shard, size, lines = 0, 0, []

    def flush() -> None:
        Path(requests, f"shard-{shard:05}.jsonl").write_bytes(b"".join(lines))

    while fetched := result.fetchmany(FETCH_LINES):
        for (text,) in fetched:
            line = text.encode()
            if size + len(line) > SHARD_BYTES:
                flush()
                shard, size, lines = shard + 1, 0, []
            lines.append(line)
            size += len(line)
    flush()


def exploded(files: str, key: str, element: dict[str, str]) -> str:
    """One row an element, with its shard, the number of its line and its place in it. read_json would cost four times as much."""
    return f"""
        SELECT shard, line, place, {", ".join(f"item.{name}" for name in element)}
        FROM (
            SELECT shard, line, unnest(generate_series(1, len(items))) AS place, unnest(items) AS item
            FROM (
                SELECT shard, line, from_json(text, '{json.dumps({key: [element]})}').{key} AS items
                FROM (
                    SELECT shard, unnest(generate_series(1, len(lines))) AS line, unnest(lines) AS text
                    FROM (
                        SELECT string_split(parse_filename(filename), '.')[1] AS shard,
                               string_split(rtrim(content, chr(10)), chr(10)) AS lines
                        FROM read_text('{files}')
                    )
                )
            )
        )
    """


def stitch(requests: str, responses: str, table: str) -> None:
    duckdb.connect().execute(
        f"""
        COPY (
            SELECT * EXCLUDE (shard, line, place)
            FROM ({exploded(f"{requests}/*.jsonl", "instances", INSTANCE)})
            JOIN ({exploded(f"{responses}/*.jsonl.out", "predictions", PREDICTION)}) USING (shard, line, place)
        ) TO '{table}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (ds))
        """
    )


if __name__ == "__main__":
    {"extract": extract, "stitch": stitch}[sys.argv[1]](*sys.argv[2:])
