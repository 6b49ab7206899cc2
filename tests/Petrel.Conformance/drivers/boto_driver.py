"""Calls boto3 for the tests: one JSON request a line on stdin, one JSON answer a line on stdout, each request in a thread of its own.

A request names an account, a service, an operation and its parameters; bytes travel as {"$bytes": base64}. The operation "$wait" waits
with a waiter, "$pages" collects the pages of a paginator, "$http" sends a signed request to a URL.
"""
import base64
import concurrent.futures
import datetime
import json
import sys
import threading

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import botocore.httpsession
import botocore.response

ENDPOINT = sys.argv[1]
CONFIG = botocore.config.Config(
    retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=120, parameter_validation=True, max_pool_connections=50)

http = botocore.httpsession.URLLib3Session(timeout=60)
clients = {}
clients_lock = threading.Lock()
out_lock = threading.Lock()


def client_of(request):
    keys = request.get("credentials") or {"AccessKeyId": request["account"], "SecretAccessKey": "test"}
    key = (request["service"], keys["AccessKeyId"], request["region"])
    with clients_lock:
        if key not in clients:
            session = boto3.session.Session(
                aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys.get("SessionToken"), region_name=request["region"])
            clients[key] = session.client(request["service"], endpoint_url=ENDPOINT, config=CONFIG)
        return clients[key]


def decode(value):
    if isinstance(value, dict):
        if set(value) == {"$bytes"}:
            return base64.b64decode(value["$bytes"])
        return {k: decode(v) for k, v in value.items()}
    return [decode(v) for v in value] if isinstance(value, list) else value


def encode(value):
    if isinstance(value, botocore.response.StreamingBody):
        value = value.read()
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {k: encode(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(v) for v in value]
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return [encode(v) for v in value]
    return value


def send_signed(request, method, url, body=b"", headers=None):
    credentials = botocore.credentials.Credentials(request["account"], "test")
    message = botocore.awsrequest.AWSRequest(method=method, url=url, data=body, headers=headers or {})
    botocore.auth.SigV4Auth(credentials, "lambda", request["region"]).add_auth(message)
    answer = http.send(message.prepare())
    return {"status": answer.status_code, "headers": dict(answer.headers), "body": encode(answer.content)}


def perform(request):
    params = decode(request.get("params") or {})
    operation = request["operation"]
    if operation == "$http":
        return send_signed(request, **params)
    client = client_of(request)
    if operation == "$wait":
        waiter = params.pop("$waiter")
        client.get_waiter(waiter).wait(WaiterConfig={"Delay": 1, "MaxAttempts": 60}, **params)
        return {}
    if operation == "$pages":
        paginator = params.pop("$operation")
        return [encode(page) for page in client.get_paginator(paginator).paginate(**params)]
    return encode(getattr(client, operation)(**params))


def answer(request):
    try:
        reply = {"id": request["id"], "result": perform(request)}
    except botocore.exceptions.ClientError as error:
        reply = {"id": request["id"], "error": encode({
            "code": error.response["Error"].get("Code"),
            "message": error.response["Error"].get("Message"),
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
            "response": error.response,
        })}
    except Exception as error:  # whatever the client raises is the test's to judge
        reply = {"id": request["id"], "error": {"code": type(error).__name__, "message": str(error), "status": 0}}
    with out_lock:
        print(json.dumps(reply), flush=True)


with concurrent.futures.ThreadPoolExecutor(max_workers=24) as pool:
    for line in sys.stdin:
        pool.submit(answer, json.loads(line))
