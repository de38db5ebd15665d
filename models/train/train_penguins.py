"""Trains models/penguins.onnx: which species is a penguin with these four measurements?

Run it as models/README.md says.
"""

import json

import numpy as np
import onnxruntime
from exporting import DATA, MODELS, convert, verify, write_expected
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SEED = 2001
# The order is part of the contract: the model takes one [N, 4] tensor, so it knows columns by position only.
FEATURES = ["beak_length_mm", "beak_depth_mm", "flipper_length_mm", "body_mass_g"]
SOURCE_COLUMNS = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"]


def read_penguins():
    penguins = json.loads((DATA / "penguins.json").read_text(encoding="utf-8"))
    measured = [p for p in penguins if all(p[column] is not None for column in SOURCE_COLUMNS)]
    measurements = np.array([[p[column] for column in SOURCE_COLUMNS] for p in measured], dtype=np.float64)
    return measurements, np.array([p["Species"] for p in measured])


def main():
    measurements, species = read_penguins()
    train_x, held_out_x, train_y, held_out_y = train_test_split(
        measurements, species, test_size=0.3, random_state=SEED, stratify=species
    )
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    pipeline.fit(train_x, train_y)

    probabilities = pipeline.predict_proba(held_out_x)
    labels = pipeline.predict(held_out_x)
    scores = {"rows": len(held_out_y), "accuracy": round(float(accuracy_score(held_out_y, labels)), 4)}
    print(f"train {len(train_y)} rows, held out {len(held_out_y)} rows; held-out accuracy {scores['accuracy']}")

    model = convert(pipeline, "penguins", [("measurements", FloatTensorType([None, 4]))], StringTensorType)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    verify(session, {"measurements": held_out_x.astype(np.float32)}, labels, probabilities)

    file = MODELS / "penguins.onnx"
    file.write_bytes(model.SerializeToString(deterministic=True))
    # The split has shuffled the rows already.
    chosen = slice(0, 64)
    write_expected(
        MODELS / "penguins-expected.json",
        session=session,
        model_file=file.name,
        target="species",
        classes=pipeline.classes_.tolist(),
        held_out=scores,
        features=FEATURES,
        rows=[dict(zip(FEATURES, row)) for row in held_out_x[chosen].tolist()],
        labels=labels[chosen],
        probabilities=probabilities[chosen],
    )
    print(f"wrote {file.name} ({file.stat().st_size:,} bytes) and penguins-expected.json")


if __name__ == "__main__":
    main()
