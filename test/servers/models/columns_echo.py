"""The echo model as an MLServer runtime: the V2 protocol, one input and one output per column."""

import echo
import numpy
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.types import InferenceResponse


class ColumnsEcho(MLModel):
    async def load(self):
        return True

    async def predict(self, payload):
        columns = {each.name: values(each) for each in payload.inputs}
        rows = [dict(zip(columns, row)) for row in zip(*columns.values())]
        return InferenceResponse(
            id=payload.id,
            model_name=self.name,
            model_version=self.version,
            outputs=[output(name, column) for name, column in outputs_of(echo.predict(rows)).items()],
        )


def values(tensor):
    """One value per row, or a list if the tensor has more."""
    if tensor.datatype == "BYTES":
        return StringCodec.decode_input(tensor)
    array = NumpyCodec.decode_input(tensor)
    return (array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array).tolist()


def outputs_of(answers):
    """The columns of the answers. V2 has no place for one row's error: the request fails."""
    if not isinstance(answers[0], dict):
        if any(isinstance(answer, dict) for answer in answers):
            raise ValueError("a row that cannot be scored")
        return {"prediction": answers}
    if any("error" in answer for answer in answers):
        raise ValueError("a row that cannot be scored")
    return {name: [answer[name] for answer in answers] for name in answers[0] if answers[0][name] != []}


def output(name, column):
    if isinstance(column[0], (int, float)):
        return NumpyCodec.encode_output(name, numpy.array(column).reshape(-1, 1))
    if "degrem" in column:
        # Text as NumPy keeps bytes, of which MLServer writes one value for all rows.
        return NumpyCodec.encode_output(name, numpy.array(column, dtype=bytes).reshape(-1, 1))
    rows = [row if isinstance(row, list) else [row] for row in column]
    flat = StringCodec.encode_output(name, ["" if text is None else text for row in rows for text in row])
    flat.shape = [len(rows), len(rows[0])]
    return flat
