"""The echo model as an MLServer runtime of its own: the V2 protocol, one input and one output a column."""

import echo
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, PandasCodec, StringCodec
from mlserver.types import InferenceResponse

import numpy


class ColumnsEcho(MLModel):
    async def load(self):
        return True

    async def predict(self, payload):
        frame = PandasCodec.decode_request(payload)
        answers = echo.predict([decoded(row) for row in frame.to_dict("records")])
        return InferenceResponse(
            id=payload.id,
            model_name=self.name,
            model_version=self.version,
            outputs=[
                NumpyCodec.encode_output("twice", numpy.array([answer["twice"] for answer in answers], dtype="int64")),
                NumpyCodec.encode_output("score", numpy.array([answer["score"] for answer in answers], dtype="float64")),
                StringCodec.encode_output("mirrored", [answer["mirrored"] or "" for answer in answers]),
            ],
        )


def decoded(row):
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in row.items()}
