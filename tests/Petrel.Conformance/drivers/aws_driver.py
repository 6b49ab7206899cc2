"""Runs the AWS CLI for the tests: one JSON request a line on stdin, one JSON answer a line on stdout.

Starting the CLI takes most of a second, so it is loaded once, and a forked child runs each command.
"""
import fcntl
import io
import json
import os
import sys
import tempfile

import awscli.clidriver

ENDPOINT = sys.argv[1]
os.environ.update(
    AWS_ENDPOINT_URL=ENDPOINT, AWS_SECRET_ACCESS_KEY="test", AWS_PAGER="", AWS_MAX_ATTEMPTS="1",
    AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")
answers = os.dup(1)


def run(request):
    os.environ["AWS_ACCESS_KEY_ID"] = request["account"]
    os.environ["AWS_DEFAULT_REGION"] = request["region"]
    out, err = io.TextIOWrapper(io.BytesIO(), write_through=True), io.TextIOWrapper(io.BytesIO(), write_through=True)
    sys.stdout, sys.stderr = out, err
    try:
        code = driver.main(request["args"])
    except SystemExit as end:
        code = end.code
    reply = {"id": request["id"], "result": {
        "code": code, "out": out.buffer.getvalue().decode(), "err": err.buffer.getvalue().decode()}}
    fcntl.lockf(lock, fcntl.LOCK_EX)
    line = (json.dumps(reply) + "\n").encode()
    while line:
        line = line[os.write(answers, line):]
    os._exit(0)


lock = tempfile.TemporaryFile()
driver = awscli.clidriver.create_clidriver()
loader = driver.session.get_component("data_loader")
for kind in ("service-2", "endpoint-rule-set-1", "waiters-2", "paginators-1"):
    loader.load_service_model("lambda", kind)
loader.load_data("endpoints")
for text in iter(sys.stdin.readline, ""):
    if os.fork() == 0:
        run(json.loads(text))
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
