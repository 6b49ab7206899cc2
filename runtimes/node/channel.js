'use strict';

// The frames of docs/frames.md over the inherited socket. Reads and writes block: between two invocations nothing of
// the function runs, as on Lambda, where the sandbox is frozen, and a blocking read costs one system call and no turn of the event loop.
const fs = require('fs');

const Kind = Object.freeze({
  Init: 0x01, Invoke: 0x02,
  Waiting: 0x10, Ready: 0x11, InitError: 0x12, Response: 0x13, Error: 0x14, StreamStart: 0x15, StreamChunk: 0x16, StreamEnd: 0x17, Fatal: 0x18,
  TooLarge: 0x19,
});

const HEAD = 5;
const ReadAhead = 64 * 1024;
// Up to here a string is encoded straight into the buffer it is written from.
const SmallText = 16 * 1024;

const fd = Number(process.env.PETREL_FD);
delete process.env.PETREL_FD;

let input = Buffer.allocUnsafeSlow(ReadAhead);
let start = 0;
let end = 0;
const output = Buffer.allocUnsafeSlow(HEAD + SmallText * 3);

/** Waits for the next frame. The body is valid until the next read. */
function read() {
  need(HEAD);
  const length = input.readUInt32LE(start);
  need(4 + length);
  const kind = input[start + 4];
  const body = input.subarray(start + HEAD, start + 4 + length);
  start += 4 + length;
  return { kind, body };
}

function need(count) {
  if (end - start >= count) {
    return;
  }
  if (start > 0) {
    input.copy(input, 0, start, end);
    end -= start;
    start = 0;
  }
  if (count > input.length) {
    const larger = Buffer.allocUnsafeSlow(count);
    input.copy(larger, 0, 0, end);
    input = larger;
  } else if (input.length > ReadAhead && count <= ReadAhead && end <= ReadAhead) {
    // A large event must not keep its memory for the life of the instance.
    const smaller = Buffer.allocUnsafeSlow(ReadAhead);
    input.copy(smaller, 0, 0, end);
    input = smaller;
  }
  while (end < count) {
    const got = fs.readSync(fd, input, end, input.length - end, null);
    if (got === 0) {
      process.reallyExit(0); // The daemon is gone.
    }
    end += got;
  }
}

/** Sends a frame whose body is a string or bytes. */
function write(kind, body) {
  if (body === undefined) {
    output.writeUInt32LE(1, 0);
    output[4] = kind;
    writeAll(output, HEAD);
  } else if (typeof body === 'string' && body.length <= SmallText) {
    const size = output.utf8Write(body, HEAD);
    output.writeUInt32LE(size + 1, 0);
    output[4] = kind;
    writeAll(output, HEAD + size);
  } else {
    const bytes = frame(kind, Buffer.from(body));
    writeAll(bytes, bytes.length);
  }
}

let onQuiet;
let writing = false;

/** Sends a frame without blocking the event loop: the reader of a stream may be slow. One at a time. */
function writeLater(kind, body, done) {
  const bytes = frame(kind, body);
  let offset = 0;
  writing = true;
  const step = (error, count) => {
    offset += count || 0;
    if (!error && offset < bytes.length) {
      fs.write(fd, bytes, offset, bytes.length - offset, null, step);
      return;
    }
    writing = false;
    const quiet = onQuiet;
    onQuiet = undefined;
    done(error);
    quiet?.();
  };
  fs.write(fd, bytes, 0, bytes.length, null, step);
}

/** Calls back when no frame is half sent. */
function whenQuiet(done) {
  if (writing) {
    onQuiet = done;
  } else {
    done();
  }
}

function frame(kind, body) {
  const bytes = Buffer.allocUnsafe(HEAD + body.length);
  bytes.writeUInt32LE(body.length + 1, 0);
  bytes[4] = kind;
  bytes.set(body, HEAD);
  return bytes;
}

function writeAll(bytes, length) {
  for (let offset = 0; offset < length;) {
    offset += fs.writeSync(fd, bytes, offset, length - offset, null);
  }
}

module.exports = { fd, Kind, read, write, writeLater, whenQuiet };
