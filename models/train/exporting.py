"""What both training scripts do once a model is fitted: convert it, prove the conversion, write the test's answers."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import sklearn
import skl2onnx

REPOSITORY = Path(__file__).resolve().parents[2]
MODELS = REPOSITORY / "models"
DATA = REPOSITORY / "node_modules" / "vega-datasets" / "data"

TOLERANCE = 1e-4


def convert(pipeline, name, inputs, label_type):
    """An ONNX model with the outputs `label` [N] and `probabilities` [N, classes]."""
    classes = len(pipeline.classes_)
    model = skl2onnx.to_onnx(
        pipeline,
        name=name,
        initial_types=inputs,
        final_types=[
            ("label", label_type([None])),
            ("probabilities", skl2onnx.common.data_types.FloatTensorType([None, classes])),
        ],
        # zipmap would answer a sequence of maps, which onnxruntime in JavaScript cannot return.
        options={"zipmap": False},
        target_opset={"": 22, "ai.onnx.ml": 2},
    )
    # The converter lists the operator sets in the order of a Python set, so the file would differ from run to run.
    opsets = sorted(model.opset_import, key=lambda opset: opset.domain)
    del model.opset_import[:]
    model.opset_import.extend(opsets)
    onnx.checker.check_model(model, full_check=True)
    return model


def tensor_type(value):
    """('string', [None, 1]) and the like, in the words of onnxruntime for JavaScript."""
    words = {"tensor(float)": "float32", "tensor(int64)": "int64", "tensor(string)": "string"}
    shape = [size if isinstance(size, int) else None for size in value.shape]
    return {"name": value.name, "type": words[value.type], "shape": shape}


def verify(session, feeds, labels, probabilities):
    """Compares ONNX with scikit-learn on every held-out row and stops where they disagree."""
    onnx_labels, onnx_probabilities = session.run(["label", "probabilities"], feeds)
    largest = float(np.abs(onnx_probabilities - probabilities).max())
    # A label may differ only where two classes are equally likely within the tolerance.
    best_two = np.sort(probabilities, axis=1)[:, -2:]
    decided = best_two[:, 1] - best_two[:, 0] >= TOLERANCE
    differs = onnx_labels.ravel() != labels
    if largest > TOLERANCE or (differs & decided).any():
        raise SystemExit(f"ONNX differs from scikit-learn: by {largest:.1e}, in {int(differs.sum())} labels")
    print(f"ONNX against scikit-learn: {len(labels):,} rows, largest difference {largest:.1e}, {int(differs.sum())} labels differ")



def write_expected(path, *, session, model_file, target, classes, held_out, features, rows, labels, probabilities):
    """The rows, and scikit-learn's answers to them (not ONNX's: a test should not compare a thing with itself)."""
    head = {
        "model": model_file,
        "target": target,
        "classes": classes,
        "inputs": [tensor_type(value) for value in session.get_inputs()],
        "outputs": [tensor_type(value) for value in session.get_outputs()],
        "features": features,
        "tolerance": TOLERANCE,
        "held_out": held_out,
        "trained_with": {
            "scikit-learn": sklearn.__version__,
            "skl2onnx": skl2onnx.__version__,
            "onnx": onnx.__version__,
            "onnxruntime": onnxruntime.__version__,
        },
    }
    predictions = [
        {"label": label, "probabilities": [round(float(p), 9) for p in row]}
        for label, row in zip(labels.tolist(), probabilities)
    ]
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    # One row and one answer a line: readable diffs, a small file.
    lines += ['  "rows": [', ",\n".join(f"    {json.dumps(row)}" for row in rows), "  ],"]
    lines += ['  "predictions": [', ",\n".join(f"    {json.dumps(p)}" for p in predictions), "  ]"]
    Path(path).write_text("{\n" + "\n".join(lines) + "\n}\n", encoding="utf-8")
