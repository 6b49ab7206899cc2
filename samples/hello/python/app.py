"""A function with a URL: GET / answers a greeting, GET /?name=Ada another. Invoked directly, the event itself has the name."""

import platform


def handler(event, context):
    name = (event.get("queryStringParameters") or event).get("name", "world")
    print(f"greeting {name}, {context.get_remaining_time_in_millis()} ms left")
    return {
        "statusCode": 200,
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "body": f"Hello, {name}, from Python {platform.python_version()}",
    }
