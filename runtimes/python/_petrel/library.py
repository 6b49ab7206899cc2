"""The part of the standard library that processes import before they know their function."""

import importlib
import os
import sys

# What functions import most. What one of them brings itself under such a name is found all the same: see below.
MODULES = """
argparse ast asyncio base64 binascii bisect calendar collections.abc concurrent.futures configparser contextlib contextvars copy csv
dataclasses datetime decimal difflib email.message email.parser email.utils encodings.idna enum fnmatch fractions functools getpass glob
gzip hashlib heapq hmac html http.client http.cookies importlib.metadata importlib.resources inspect io ipaddress itertools json math
mimetypes numbers operator pathlib pickle pkgutil platform pprint queue random re secrets shlex shutil ssl stat statistics string
subprocess tempfile textwrap threading time traceback typing unicodedata urllib.parse urllib.request uuid warnings weakref
xml.etree.ElementTree zipfile zlib
""".split()


_FIRST = frozenset(sys.modules)  # what every process has loaded before it loads anything of a function


def load():
    for name in MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            pass  # A smaller build of Python.


def forget_shadowed(folders):
    """Lets the function find its own modules although the library's of the same name are there."""
    own = set()
    for folder in folders:
        try:
            own.update(name.partition(".")[0] for name in os.listdir(folder))
        except OSError:
            continue
    for name in [name for name in sys.modules if name.partition(".")[0] in own and name not in _FIRST]:
        del sys.modules[name]
