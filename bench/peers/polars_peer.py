"""The same work by hand on Polars: `polars_peer.py extract INPUT REQUESTS` and `polars_peer.py stitch REQUESTS RESPONSES TABLE`."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import polars as pl

LINE_ROWS = 500
SHARD_BYTES = 5_000_000
PIECE_ROWS = 50_000
THREADS = 2
COLUMNS = {
    "id": pl.Int64,
    "ds": pl.String,
    "delay": pl.Int64,
    "distance": pl.Int64,
    "origin": pl.String,
    "destination": pl.String,
}
REQUEST = pl.Struct({"instances": pl.List(pl.Struct(COLUMNS))})
RESPONSE = pl.Struct({"predictions": pl.List(pl.Struct({"label": pl.Int64, "probability": pl.Float64}))})


def encode_piece(source: str, offset: int) -> list[str]:
    """Request lines of a piece: pieces hold whole lines, so that they can be encoded side by side."""
    rows = pl.scan_parquet(source).select(*COLUMNS).slice(offset, PIECE_ROWS).collect()
    return (
        rows.select(pl.struct(pl.all()).struct.json_encode().alias("row"))
        .with_row_index()
        .group_by(pl.col("index") // LINE_ROWS, maintain_order=True)
        .agg(pl.col("row").str.join(","))
        .select(pl.concat_str(pl.lit('{"instances":['), "row", pl.lit("]}\n")))
        .to_series()
        .to_list()
    )


def in_order(source: str, pool: ThreadPoolExecutor) -> Iterator[list[str]]:
    """Pieces in the order of the rows, no more than a few ahead of the writer."""
    offsets = iter(range(0, pl.scan_parquet(source).select(pl.len()).collect().item(), PIECE_ROWS))
    ahead = [pool.submit(encode_piece, source, offset) for offset in islice(offsets, THREADS + 1)]
    while ahead:
        done = ahead.pop(0).result()
        ahead += [pool.submit(encode_piece, source, offset) for offset in [next(offsets, None)] if offset is not None]
        yield done


def extract(source: str, requests: str) -> None:
    Path(requests).mkdir(parents=True)
    shard, size, lines = 0, 0, []

    def flush() -> None:
        Path(requests, f"shard-{shard:05}.jsonl").write_bytes(b"".join(lines))

    with ThreadPoolExecutor(THREADS) as pool:
        for piece in in_order(source, pool):
            for text in piece:
                line = text.encode()
                if size + len(line) > SHARD_BYTES:
                    flush()
                    shard, size, lines = shard + 1, 0, []
                lines.append(line)
                size += len(line)
    flush()


def explode(path: Path, answer: pl.DataType, key: str) -> pl.LazyFrame:
    """One row a prediction or an instance, with the number of its line and its place in it."""
    lists = (
        pl.scan_lines(path, name="line", row_index_name="row_id")
        .select("row_id", pl.col("line").str.json_decode(answer).struct.field(key))
        .with_columns(pl.int_ranges(pl.col(key).list.len()).alias("batch_index"))
    )
    return lists.explode(key, "batch_index").unnest(key)


def stitch(requests: str, responses: str, table: str) -> None:
    shards = []
    for request in sorted(Path(requests).iterdir()):
        rows = explode(request, REQUEST, "instances")
        answers = explode(Path(responses, f"{request.name}.out"), RESPONSE, "predictions")
        shards.append(
            rows.join(answers, on=["row_id", "batch_index"], how="inner", validate="1:1").drop("row_id", "batch_index")
        )
    pl.concat(shards).sink_parquet(pl.PartitionBy(table, key="ds", include_key=False), compression="zstd", mkdir=True)


if __name__ == "__main__":
    {"extract": extract, "stitch": stitch}[sys.argv[1]](*sys.argv[2:])
