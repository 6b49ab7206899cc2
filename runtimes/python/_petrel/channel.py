"""The frames of docs/frames.md over the inherited socket, with blocking reads and one write for each frame."""

import os

INIT, INVOKE = 0x01, 0x02
WAITING, READY, INIT_ERROR, RESPONSE, ERROR = 0x10, 0x11, 0x12, 0x13, 0x14
STREAM_START, STREAM_CHUNK, STREAM_END = 0x15, 0x16, 0x17

READ_AHEAD = 64 * 1024
HEAD = 5


class Channel:
    def __init__(self, fd):
        self._fd = fd
        os.set_inheritable(fd, False)  # Children of the function must not keep the channel open.
        self._buffer = bytearray(READ_AHEAD)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0

    def read(self):
        """Waits for the next frame: (kind, body). The body is valid until the next read. Exits when the daemon is gone."""
        self._need(HEAD)
        length = int.from_bytes(self._view[self._start:self._start + 4], "little")
        self._need(4 + length)
        start = self._start
        self._start = start + 4 + length
        return self._buffer[start + 4], self._view[start + HEAD:start + 4 + length]

    def _need(self, count):
        available = self._end - self._start
        if available >= count:
            return
        size = max(count, READ_AHEAD)
        if size != len(self._buffer):
            # Grows for a large event, and gives the memory back with the next one.
            buffer = bytearray(size)
            buffer[:available] = self._view[self._start:self._end]
            self._buffer, self._view = buffer, memoryview(buffer)
        elif available:
            self._view[:available] = bytes(self._view[self._start:self._end])
        self._start, self._end = 0, available
        while self._end < count:
            got = os.readv(self._fd, [self._view[self._end:]])
            if got == 0:
                os._exit(0)
            self._end += got

    def write(self, kind, body=b""):
        frame = (len(body) + 1).to_bytes(4, "little") + bytes((kind,)) + body
        sent = os.write(self._fd, frame)
        while sent < len(frame):
            sent += os.write(self._fd, memoryview(frame)[sent:])
