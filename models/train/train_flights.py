"""Trains models/flights.onnx: will a flight arrive 15 minutes late or later?

Train on January to May 2001, judge on June. Run it as models/README.md says.
"""

import numpy as np
import onnxruntime
import pandas as pd
from exporting import DATA, MODELS, convert, verify, write_expected
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder

SEED = 2001
LATE_MINUTES = 15
AIRPORTS = ["origin", "destination"]
NUMBERS = ["distance", "hour", "weekday"]
FEATURES = AIRPORTS + NUMBERS
HELD_OUT_FROM = pd.Timestamp("2001-06-01")
HELD_OUT_UNTIL = pd.Timestamp("2001-07-01")


def read_flights():
    flights = pd.read_parquet(DATA / "flights-3m.parquet")
    # The same values in SQL: hour(date) and, Monday = 1 to Sunday = 7, isodow(date) in DuckDB, day_of_week(date) in Athena.
    flights["hour"] = flights["date"].dt.hour.astype("int64")
    flights["weekday"] = flights["date"].dt.isocalendar().day.astype("int64")
    flights["late"] = (flights["delay"] >= LATE_MINUTES).astype("int64")
    for column in AIRPORTS:
        flights[column] = flights[column].astype(object)
    return flights


def feeds_of(frame):
    types = {"origin": object, "destination": object, "distance": np.float32, "hour": np.int64, "weekday": np.int64}
    return {name: frame[[name]].to_numpy(dtype=kind) for name, kind in types.items()}


def examples(frame, labels, probabilities):
    """64 held-out rows: 48 called punctual and 16 called late, none so close to 50:50 that rounding could flip it."""
    random = np.random.default_rng(SEED)
    clear = np.abs(probabilities[:, 1] - 0.5) > 0.01
    chosen = [
        random.choice(np.flatnonzero(clear & (labels == label)), size=size, replace=False)
        for label, size in ((0, 48), (1, 16))
    ]
    return np.sort(np.concatenate(chosen))


def main():
    flights = read_flights()
    train = flights[flights["date"] < HELD_OUT_FROM]
    held_out = flights[(flights["date"] >= HELD_OUT_FROM) & (flights["date"] < HELD_OUT_UNTIL)]
    print(f"train {len(train):,} rows (January to May), held out {len(held_out):,} rows (June)")

    pipeline = make_pipeline(
        # An airport becomes its share of late flights; an airport never seen becomes the overall share.
        ColumnTransformer([("airport", TargetEncoder(target_type="binary", random_state=SEED), AIRPORTS)], remainder="passthrough"),
        HistGradientBoostingClassifier(max_iter=40, learning_rate=0.2, early_stopping=False, random_state=SEED),
    )
    pipeline.fit(train[FEATURES], train["late"])

    truth = held_out["late"].to_numpy()
    probabilities = pipeline.predict_proba(held_out[FEATURES])
    labels = pipeline.classes_[probabilities.argmax(axis=1)]
    base_rate = float(train["late"].mean())
    scores = {
        "rows": len(held_out),
        "late": round(float(truth.mean()), 4),
        "auc": round(float(roc_auc_score(truth, probabilities[:, 1])), 4),
        "log_loss": round(float(log_loss(truth, probabilities[:, 1])), 4),
        "log_loss_of_base_rate": round(float(log_loss(truth, np.full(len(truth), base_rate))), 4),
    }
    print(f"held-out AUC {scores['auc']}, log loss {scores['log_loss']}; always answering the training rate of {base_rate:.4f}: {scores['log_loss_of_base_rate']}")

    model = convert(
        pipeline,
        "flights",
        [
            ("origin", StringTensorType([None, 1])),
            ("destination", StringTensorType([None, 1])),
            ("distance", FloatTensorType([None, 1])),
            ("hour", Int64TensorType([None, 1])),
            ("weekday", Int64TensorType([None, 1])),
        ],
        Int64TensorType,
    )
    session = onnxruntime.InferenceSession(model.SerializeToString())
    verify(session, feeds_of(held_out), labels, probabilities)

    file = MODELS / "flights.onnx"
    file.write_bytes(model.SerializeToString(deterministic=True))
    chosen = examples(held_out, labels, probabilities)
    write_expected(
        MODELS / "flights-expected.json",
        session=session,
        model_file=file.name,
        target=f"delay >= {LATE_MINUTES}",
        classes=pipeline.classes_.tolist(),
        held_out=scores,
        features=FEATURES,
        rows=held_out.iloc[chosen][FEATURES].to_dict("records"),
        labels=labels[chosen],
        probabilities=probabilities[chosen],
    )
    print(f"wrote {file.name} ({file.stat().st_size:,} bytes) and flights-expected.json")


if __name__ == "__main__":
    main()
