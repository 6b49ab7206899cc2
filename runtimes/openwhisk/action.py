"""Serves one action of Apache OpenWhisk on $PORT: /init loads it, /run calls it."""
import importlib
import importlib.util
import json
import os
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TASK = os.environ.get("LAMBDA_TASK_ROOT", "/var/task")
SAID = ("namespace", "action_name", "action_version", "activation_id", "transaction_id", "deadline")
action = None


def load(main):
    module, _, name = main.rpartition(".")
    if module == "__main__":
        spec = importlib.util.spec_from_file_location("__action__", os.path.join(TASK, "__main__.py"))
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
    else:
        loaded = importlib.import_module(module.replace("/", "."))
    found = getattr(loaded, name, None)
    if not callable(found):
        raise TypeError(f"{module}.py has no function {name}")
    return found


def run(message):
    for name in SAID:
        if name in message:
            os.environ["__OW_" + name.upper()] = str(message[name])
    result = action(message.get("value") or {})
    if result is None:
        return {}
    if not isinstance(result, (dict, list)):
        raise TypeError("the action returned something that is no dictionary")
    return result


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self):
        global action
        try:
            message = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            if self.path == "/init":
                if action is not None:
                    return self.answer(403, {"error": "the action is initialised already"})
                action = load(message["value"]["main"])
                return self.answer(200, {"ok": True})
            if self.path != "/run" or action is None:
                return self.answer(404, {"error": "no action is initialised"})
            self.answer(200, run(message))
        except Exception as error:  # whatever the action raises is its answer
            traceback.print_exc()
            self.answer(502, {"error": f"{type(error).__name__}: {error}"})

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        self.wfile.flush()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    sys.path.insert(0, TASK)
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Server).serve_forever()
