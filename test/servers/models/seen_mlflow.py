"""A model of MLflow's Python flavour that answers what it received."""

from seen import seen


class Seen:
    def predict(self, frame, params=None):
        return [seen(row) for row in frame.to_dict("records")]


def _load_pyfunc(path):
    return Seen()
