"""Runs a Python function: loads its handler, then answers one event after another (docs/frames.md)."""

import os
import sys

from . import channel as frames
from . import codec, faults, handler, logs
from .context import LambdaContext, read_settings


MODULES = "/var/rapid/modules/modules"


def fork():
    """Becomes the fork server, and comes back in its children, which have the channel where every function has it."""
    from . import fork

    fork.become_child()
    os.environ["PETREL_FD"] = "3"


def main():
    channel = frames.Channel(int(os.environ.pop("PETREL_FD")))
    if os.environ.pop("PETREL_WARM", "") == "1":
        from . import warm

        warm.exercise()
        channel.write(frames.WAITING)
    kind, body = channel.read()
    if kind != frames.INIT:
        raise RuntimeError(f"expected an Init frame, got {kind}")
    init = codec.loads(body)
    adopt(init)
    if "_petrel.library" in sys.modules:
        sys.modules["_petrel.library"].forget_shadowed(sys.path[:3])
    making = os.environ.pop("PETREL_MODULES", "") == "make"
    if making or os.path.exists(MODULES):
        from . import modules

        if making:
            modules.make(channel, init["taskRoot"])
        modules.use(MODULES)
    try:
        function = handler.load(init["handler"])
    except Exception as error:
        _fail_init(channel, error)
    channel.write(frames.READY)
    _serve(channel, function)


def adopt(init):
    """Becomes the function: its environment, folder, path and log format."""
    os.environ.update(init.get("env") or {})
    task_root = init["taskRoot"]
    os.chdir(task_root)
    if hasattr(os, "tzset") or "TZ" in os.environ:
        import time

        time.tzset()
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    sys.path[:0] = [task_root, f"/opt/python/lib/{version}/site-packages", "/opt/python"]
    if os.path.isdir("/var/runtime/packages"):
        sys.path.append("/var/runtime/packages")  # Packages that every function has, such as boto3.
    complete_process()
    logs.install()
    if "PYTHONPATH" in os.environ:  # The rest of the site module.
        for name in ("sitecustomize", "usercustomize"):
            try:
                __import__(name)
            except ImportError as error:
                if error.name != name:
                    raise


def complete_process():
    """What is the same for every function; done once."""
    import builtins

    if hasattr(builtins, "quit"):
        return
    from _sitebuiltins import Quitter

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    # Python was started without its site module, which would show the host's packages; these parts of it are the function's own.
    builtins.quit = Quitter("quit", "Ctrl-D (i.e. EOF)")
    builtins.exit = Quitter("exit", "Ctrl-D (i.e. EOF)")


def _fail_init(channel, error):
    body = faults.to_body(error, "")
    faults.write_log(sys.stdout, body, logs.json_format)
    sys.stdout.flush()
    channel.write(frames.INIT_ERROR, codec.make_dumps(True)(body))
    os._exit(1)


def _serve(channel, function):
    settings = read_settings()
    # Lambda writes non-ASCII characters as they are since Python 3.12.
    old = os.environ.get("AWS_EXECUTION_ENV", "")[len("AWS_Lambda_"):] in ("python3.8", "python3.9", "python3.10", "python3.11")
    dumps = codec.make_dumps(ascii_only=old)
    dump_error = codec.make_dumps(ascii_only=True)
    trace_id = None
    while True:
        body = channel.read()[1]
        cut = 4 + int.from_bytes(body[:4], "little")
        header = codec.loads(body[4:cut])
        request_id = logs.request_id = header["requestId"]
        if header.get("traceId") != trace_id:
            trace_id = header.get("traceId")
            _set_trace_id(trace_id)
        try:
            answer = call(function, body[cut:], header, settings, dumps)
        except Exception as error:
            fault = faults.to_body(error, request_id)
            faults.write_log(sys.stdout, fault, logs.json_format)
            kind, answer = frames.ERROR, dump_error(fault)
        else:
            kind = frames.RESPONSE
        sys.stdout.flush()
        sys.stderr.flush()
        channel.write(kind, answer)


def call(function, event, header, settings, dumps):
    context = LambdaContext(
        settings, header, _parse(header.get("clientContext"), "Client Context"), _parse(header.get("cognitoIdentity"), "Cognito Identity"))
    try:
        value = codec.loads(event)
    except Exception as error:
        raise faults.Fault("UnmarshalError", f"Unable to unmarshal input: {error}") from error
    result = function(value, context)
    if isinstance(result, bytes):
        return result
    try:
        return dumps(result)
    except Exception as error:
        raise faults.Fault("MarshalError", f"Unable to marshal response: {error}") from error


def _parse(text, name):
    if text is None:
        return None
    try:
        return codec.loads(text.encode())
    except ValueError as error:
        raise faults.Fault("LambdaContextUnmarshalError", f"Unable to parse {name} JSON: {error}") from error


def _set_trace_id(trace_id):
    if trace_id is None:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    else:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
