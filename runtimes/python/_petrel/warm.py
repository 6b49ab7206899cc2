"""What a process does that waits in a pool, before it is known for which function: the first time of everything that a start needs."""

import gc
import os
import sys

from . import codec, faults, handler, logs, run
from .context import read_settings

# What Lambda's own runtime has imported too before it loads a handler; more of the library could hide modules that functions bring.
import json, logging, time, traceback  # noqa: E401, F401, E402, I001

EVENT = b'{"warm": [1, 2.5, null, true]}'


def exercise():
    if os.environ.pop("PETREL_LIBRARY", "") == "1":
        from . import library

        library.load()
    run.complete_process()
    time.tzset()
    logs.prepare()
    for _ in range(3):
        os.environ.update(codec.loads(b'{"PETREL_WARM": "0"}'))
        os.environ.pop("PETREL_WARM")
        _load()
        header = codec.loads(b'{"requestId": "", "deadlineMs": 0, "functionArn": ""}')
        run.call(_echo, EVENT, header, read_settings(), codec.make_dumps(False))
    codec.make_dumps(True)(faults.to_body(ValueError("warm"), ""))
    gc.collect()
    gc.freeze()  # No collection looks through what is here already.


def _echo(event, context):
    return event


def _load():
    """Loads a handler from its source as functions' are, and forgets it."""
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "warm")
    sys.path[:0] = [folder, folder + "/none"]
    handler.load("warm_handler.handler")
    del sys.path[:2], sys.modules["warm_handler"]
    for known in (folder, folder + "/none"):
        sys.path_importer_cache.pop(known, None)
