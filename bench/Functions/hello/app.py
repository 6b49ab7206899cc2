import sys


def handler(event, context):
    return "Hello from Petrel"


def program(event, context):
    """What runs it, for the bare start that it is held against."""
    return sys.executable


def long_sleeper(event, context):
    import time

    time.sleep(2)
    return "Hello from Petrel"
