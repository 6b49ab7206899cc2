"""Errors: what callers get, and what the log gets."""

import time


class Fault(Exception):
    """An error that the runtime itself finds; its kind is the errorType that callers see."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind = "Runtime." + kind
        self.trace = list(trace)


def to_body(error, request_id):
    """The error body of an exception: its own frames only, as format_list writes them."""
    if isinstance(error, Fault):
        return _body(str(error), error.kind, request_id, error.trace)
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    own = next((i for i, frame in enumerate(frames) if "/_petrel/" not in frame.filename and "<frozen importlib" not in frame.filename), 0)
    # Source lines only, without the marks that newer versions draw below them.
    plain = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in frames[own:]]
    return _body(str(error), type(error).__name__, request_id, traceback.format_list(plain))


def _body(message, kind, request_id, trace):
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace}


def write_log(stream, body, json_format):
    """Writes an error as one event; inside it, NUL stands for a line end (docs/frames.md)."""
    if json_format:
        from json import dumps

        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        stream.write(dumps({"timestamp": stamp, "level": "ERROR", **body}) + "\n")
        return
    lines = [f"[ERROR] {body['errorType']}: {body['errorMessage']}", "Traceback (most recent call last):"]
    for entry in body["stackTrace"]:
        for line in entry.splitlines():
            text = line.lstrip(" ")
            lines.append("\u00a0" * (len(line) - len(text)) + text)
    stream.write("\0".join(lines).replace("\n", "\0") + "\n")
