import sys


def handler(event, context):
    return "Hello from Petrel"


def program(event, context):
    """What runs it, for the bare start that it is held against."""
    return sys.executable


def sleeper(event, context):
    import time

    time.sleep(0.05)
    return "Hello from Petrel"


def once(event, context):
    """Ends soon after its answer, so that the next invocation is a cold start of the same function."""
    import os
    import threading

    timer = threading.Timer(0.005, os._exit, (0,))
    timer.daemon = True
    timer.start()
    return "Hello from Petrel"
