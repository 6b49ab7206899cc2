"""
The module cache: byte code of the function's modules, made once at its deployment in a sandbox, since the folders of code are read-only
later. Nothing of the function is run for it. One file: the length of an index, the index {path of the source: (offset, length)}, code.
"""

import marshal
import mmap
import os

from importlib import _bootstrap_external as loading
from importlib.util import MAGIC_NUMBER

from . import channel as frames

MOST_BYTES = 48 << 20  # of source
CHUNK = 1 << 20
ERRORS = (SyntaxError, ValueError, OSError, RecursionError, MemoryError, UnicodeError)


def make(channel, task_root):
    """Writes the cache to the daemon, and ends the process."""
    index, code, size, left = {}, [], 0, MOST_BYTES
    for path in _sources((task_root, "/opt/python")):
        try:
            with open(path, "rb") as file:
                source = file.read(left + 1)
            left -= len(source)
            if left < 0:
                break
            compiled = marshal.dumps(loading.SourceFileLoader("module", path).source_to_code(source, path))
        except ERRORS:
            continue  # Importing it will say what is wrong.
        index[path] = (size, len(compiled))
        code.append(compiled)
        size += len(compiled)
    head = marshal.dumps(index)
    content = b"".join((MAGIC_NUMBER, len(head).to_bytes(4, "little"), head, *code))
    channel.write(frames.STREAM_START, b"\x02\x00\x00\x00{}")
    for start in range(0, len(content), CHUNK):
        channel.write(frames.STREAM_CHUNK, content[start:start + CHUNK])
    channel.write(frames.STREAM_END)
    os._exit(0)


def _sources(roots):
    for root in roots:
        for folder, folders, files in os.walk(root):
            folders.sort()
            for name in sorted(files):
                if name.endswith(".py"):
                    yield os.path.join(folder, name)


def use(path):
    """Has modules of these sources loaded from the cache; they are found as ever."""
    with open(path, "rb") as file:
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    if content[:4] != MAGIC_NUMBER:
        return  # Another version of Python made it.
    start = 8 + int.from_bytes(content[4:8], "little")
    index = marshal.loads(content[8:start])
    compile_source = loading.SourceFileLoader.get_code

    def get_code(self, fullname):
        place = index.get(self.path)
        if place is None:
            return compile_source(self, fullname)
        return marshal.loads(content[start + place[0]:start + place[0] + place[1]])

    loading.SourceFileLoader.get_code = get_code
