"""The root logger, set up as Lambda does, the moment the function imports logging: most of a small function's start would be that import."""

import os
import sys

request_id = ""
json_format = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"


def install():
    """Sets logging up now if it is there already, else when it is imported."""
    global json_format
    json_format = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    if "logging" in sys.modules:
        _configure(sys.modules["logging"])
    else:
        sys.meta_path.insert(0, _LoggingHook())


class _LoggingHook:
    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                execute = spec.loader.exec_module

                def exec_module(module):
                    execute(module)
                    _configure(module)

                spec.loader.exec_module = exec_module
                return spec
        return None


_prepared = None  # A handler for text, made before it was known whether it is wanted.


def prepare():
    """Makes what most functions use, in a process that waits in a pool and has imported logging."""
    global _prepared
    logging = sys.modules["logging"]
    _prepared = _make_handler(logging)
    _prepared.setFormatter(_text_formatter(logging))


def _configure(logging):
    import time

    logging.Formatter.converter = time.gmtime
    root = logging.getLogger()
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    level = "DEBUG" if level == "TRACE" else level
    if isinstance(logging.getLevelName(level), int):
        root.setLevel(level)
    handler = _prepared or _make_handler(logging)
    if json_format:
        handler.setFormatter(_json_formatter(logging))
    elif _prepared is None:
        handler.setFormatter(_text_formatter(logging))
    root.addHandler(handler)


def _text_formatter(logging):
    return logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")


def _make_handler(logging):
    class LambdaLoggerHandler(logging.Handler):
        def emit(self, record):
            record.aws_request_id = request_id
            try:
                sys.stdout.write(self.format(record).replace("\n", "\0") + "\n")
            except Exception:
                self.handleError(record)

    return LambdaLoggerHandler()


def _json_formatter(logging):
    import json
    import traceback
    from datetime import datetime, timezone

    standard = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "aws_request_id", "taskName"}

    class JsonFormatter(logging.Formatter):
        def format(self, record):
            kind, error, trace = record.exc_info if record.exc_info else (None, None, None)
            stamp = datetime.fromtimestamp(record.created, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
            event = {
                "timestamp": stamp,
                "level": record.levelname,
                "message": record.getMessage(),
                "logger": record.name,
                "stackTrace": traceback.format_tb(trace) if kind else None,
                "errorType": kind.__name__ if kind else None,
                "errorMessage": str(error) if kind else None,
                "requestId": record.aws_request_id,
                "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if kind else None,
            }
            for key, value in vars(record).items():
                if key not in standard:
                    event.setdefault(key, value)
            return json.dumps({k: v for k, v in event.items() if v is not None}, ensure_ascii=False, default=str)

    return JsonFormatter()
