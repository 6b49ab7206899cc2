"""
The fork server of one function: a process that has imported the standard library, and bears instances that need not start Python.

It is the daemon's, not a function's: it runs outside of sandboxes as root, and no code but this and the library's ever runs in it. A child
steps into a waiting sandbox (native/enter.c) before it does anything else, and gives up all that it could have brought along.

Over a socket of datagrams: the daemon sends one with user and group, the path of the native library and the sandboxes' filter, and gets an
empty start (number 0). Then it sends one for each start: a number, and as descriptors the process of the waiting stem and the lists of its
control groups; the answer is the number and the child's process id, or an error below zero. How a child ended is told to its stem, which ends alike.
"""

from . import library  # isort: skip - which notes what is there before it

import ctypes
import errno
import gc
import os
import select
import signal
import socket
import struct

STEM_FRAMES, STEM_STATUS = 3, 5
LENT = b"L"
HELLO = struct.Struct("<IIIB")  # user, group, length of the library's path, whether Landlock is applied
REQUEST = struct.Struct("<I")
ANSWER = struct.Struct("<Ii")


class Place(ctypes.Structure):
    """native/enter.c, struct place"""

    _fields_ = [
        ("stem", ctypes.c_int), ("groups", ctypes.POINTER(ctypes.c_int)), ("group_count", ctypes.c_int),
        ("standard", ctypes.POINTER(ctypes.c_int)), ("user", ctypes.c_uint), ("group", ctypes.c_uint), ("landlock", ctypes.c_int),
        ("filter", ctypes.c_char_p), ("filter_length", ctypes.c_uint)]


class Server:
    def __init__(self, connection):
        self._socket = connection
        hello = connection.recv(1 << 16)
        self._user, self._group, length, self._landlock = HELLO.unpack_from(hello)
        self._native = ctypes.CDLL(hello[HELLO.size:HELLO.size + length].decode())
        self._filter = hello[HELLO.size + length:]
        self._home = os.open("/proc/self/ns/pid", os.O_RDONLY)
        self._stems = {}  # of each child the pipe that its end is told on

    def serve(self):
        """Bears children until the daemon is gone. Returns in children only."""
        wake, notify = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(notify, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(notify, warn_on_full_buffer=False)
        waiting = select.poll()  # which has no descriptor of its own that a child could close later, when it is another's
        waiting.register(self._socket, select.POLLIN)
        waiting.register(wake, select.POLLIN)
        self._socket.send(ANSWER.pack(0, os.getpid()))
        while True:
            for ready, _ in waiting.poll():
                if ready == wake:
                    os.read(wake, 4096)
                    self._reap()
                elif self._answer():
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    self._socket.detach()
                    return

    def _reap(self):
        while self._stems:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            stem = self._stems.pop(child)
            code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            try:
                os.write(stem, code.to_bytes(4, "little"))
            except BrokenPipeError:
                pass  # The whole sandbox has been ended.
            os.close(stem)

    def _answer(self):
        """Whether this is the child."""
        message, descriptors, _, _ = socket.recv_fds(self._socket, REQUEST.size, 8)
        if not message:
            os._exit(0)
        try:
            child = self._bear(descriptors[0], descriptors[1:])
        except OSError as error:
            child = -error.errno
        if child == 0:
            return True
        _close(descriptors)
        self._socket.send(ANSWER.pack(REQUEST.unpack(message)[0], child))
        return False

    def _bear(self, stem, groups):
        """The child's process id; 0 in the child."""
        taken = []
        try:
            for descriptor in (0, 1, 2, STEM_FRAMES, STEM_STATUS):
                taken.append(_checked(self._native.petrel_take(stem, descriptor)))
            child = self._fork_in(stem)
        except OSError:
            _close(taken)
            raise
        if child == 0:
            self._enter(stem, groups, taken)
            return 0
        # Before the daemon learns of the child, so before anything is sent that the stem could take for its own.
        os.write(taken[-1], LENT)
        self._stems[child] = taken.pop()
        _close(taken)
        return child

    def _fork_in(self, stem):
        _checked(self._native.petrel_bear_in(stem))
        try:
            child = os.fork()
        except OSError:
            child = -1
        if child != 0 and self._native.petrel_bear_in(self._home) < 0:
            os._exit(1)
        if child < 0:
            raise BlockingIOError(errno.EAGAIN, "")
        return child

    def _enter(self, stem, groups, taken):
        place = Place(
            stem, (ctypes.c_int * len(groups))(*groups), len(groups), (ctypes.c_int * 4)(*taken[:4]), self._user, self._group, self._landlock,
            self._filter or None, len(self._filter))
        step = self._native.petrel_enter(ctypes.byref(place))
        if step != 0:
            words = f"petrel: a fork server's child cannot enter its sandbox (step {step})\n".encode()
            try:
                os.write(taken[2], words)
            except OSError:
                os.write(2, words)  # It is that already.
            os._exit(126)


def _close(descriptors):
    for descriptor in descriptors:
        os.close(descriptor)


def _checked(result):
    if result < 0:
        raise OSError(-result, "")
    return result


def become_child():
    """Imports, then serves; comes back as a function's process whose channel is descriptor 3."""
    library.load()
    server = Server(socket.socket(fileno=3))
    gc.collect()
    gc.freeze()  # What is there now is never looked through again, so its pages stay shared.
    server.serve()
