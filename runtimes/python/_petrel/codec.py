"""
JSON in and out. The C parts of the json package are used without the package, whose regular expressions take longer to
import than Python takes to start; anything out of the ordinary goes to the package itself.
"""

import sys

NUMBER_MARK = "\ue000petrel-number:"


class _Scanning:
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.__getitem__


try:
    from _json import encode_basestring, encode_basestring_ascii, make_encoder, make_scanner

    _scan = make_scanner(_Scanning)
except (ImportError, AttributeError, TypeError):  # Another implementation of Python.
    make_encoder = _scan = None


def loads(data):
    """Reads JSON from bytes; raises ValueError."""
    text = str(data, "utf-8")
    if _scan is not None:
        try:
            value, end = _scan(text, len(text) - len(text.lstrip(" \t\r\n")))
            if not text[end:].strip(" \t\r\n"):
                return value
        except (StopIteration, ValueError):
            pass
    import json

    return json.loads(text)


def make_dumps(ascii_only):
    """Makes the function that writes answers: value → bytes. Numbers that JSON does not have are errors."""
    decimals = []

    def default(value):
        decimal = sys.modules.get("decimal")
        if decimal is not None and isinstance(value, decimal.Decimal) and value.is_finite():
            decimals.append(value)
            return NUMBER_MARK + str(value)
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")

    def encode(value, ascii_only):
        if make_encoder is None:
            import json

            return json.dumps(value, default=default, ensure_ascii=ascii_only, allow_nan=False)
        quote = encode_basestring_ascii if ascii_only else encode_basestring
        return "".join(make_encoder({}, default, quote, None, ": ", ", ", False, False, False)(value, 0))

    def dumps(value):
        decimals.clear()
        text = encode(value, ascii_only)
        if decimals:
            # A Decimal is written with all its digits, as a number: DynamoDB's items are made of them.
            for mark in (NUMBER_MARK, "\\ue000petrel-number:"):
                for number in decimals:
                    text = text.replace(f'"{mark}{number}"', str(number))
        try:
            return text.encode()
        except UnicodeEncodeError:  # Half a surrogate pair can only be escaped.
            return encode(value, True).encode()

    return dumps
