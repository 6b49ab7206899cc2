"""Functions that take what they can get, each until its time is over or the platform ends it."""
import os
import socket
import time

SECONDS = 4.0


def until_over(work):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        work()
    return "over"


def fork_bomb(event, context):
    def fork():
        try:
            if os.fork() == 0:
                while True:
                    try:
                        os.fork()
                    except OSError:
                        pass
        except OSError:
            pass

    return until_over(fork)


def memory_bomb(event, context):
    kept = []
    return until_over(lambda: kept.append(bytearray(b"x" * (8 << 20))))


def cpu_hog(event, context):
    children = []
    for _ in range(8):
        child = os.fork()
        if child == 0:
            until_over(lambda: sum(range(10_000)))
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    return "over"


def disk_filler(event, context):
    block = os.urandom(1 << 20)

    def fill():
        try:
            with open("/tmp/filled", "ab", buffering=0) as file:
                for _ in range(64):
                    file.write(block)
        except OSError:
            os.unlink("/tmp/filled")

    return until_over(fill)


def log_flood(event, context):
    lines = ("a line that is of no use to anybody " * 4 + "\n").encode() * 400
    return until_over(lambda: os.write(1, lines))


def socket_flood(event, context):
    open_ones = []

    def connect():
        try:
            one = socket.create_connection(("localhost", 4566), timeout=0.2)
            one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            open_ones.append(one)
        except OSError:
            for one in open_ones:
                one.close()
            open_ones.clear()

    return until_over(connect)
