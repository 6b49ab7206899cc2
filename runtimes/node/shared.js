'use strict';

// Several invocations at a time (docs/frames.md). The socket is read as bytes come; what has been answered within a turn of the event loop leaves
// with one call of the system.
const fs = require('fs');
const net = require('net');
const { AsyncLocalStorage } = require('async_hooks');
const { fd, Kind } = require('./channel.js');
const errors = require('./errors.js');
const logs = require('./console.js');

const HEAD = 9; // length, kind, number
const ReadAhead = 64 * 1024;
const KeptBytes = 256 * 1024;
// Lambda's limit of a buffered answer: 6 MiB and 100 bytes.
const MaxAnswer = 6 * 1024 * 1024 + 100;

const requestIds = new AsyncLocalStorage();
let socket;
let begin;

/** Runs every event that comes. */
function serve(beginInvocation) {
  begin = beginInvocation;
  logs.followRequests(requestIds);
  socket = new net.Socket({ fd, onread: { buffer: Buffer.allocUnsafeSlow(ReadAhead), callback: take } });
  socket.on('end', () => process.reallyExit(0)); // The daemon is gone.
  socket.on('error', () => process.reallyExit(0));
}

// Frames that have not come whole wait here.
let rest = Buffer.alloc(0);
let restLength = 0;

function take(count, chunk) {
  let bytes = chunk.subarray(0, count);
  if (restLength > 0) {
    bytes = join(bytes);
  }
  let at = 0;
  while (bytes.length - at >= 4) {
    const length = 4 + bytes.readUInt32LE(at);
    if (bytes.length - at < length) {
      break;
    }
    receive(bytes, at, at + length);
    at += length;
  }
  keep(bytes, at);
  return true;
}

function join(bytes) {
  const length = restLength + bytes.length;
  if (rest.length < length) {
    const larger = Buffer.allocUnsafeSlow(length);
    rest.copy(larger, 0, 0, restLength);
    rest = larger;
  }
  bytes.copy(rest, restLength);
  return rest.subarray(0, length);
}

function keep(bytes, at) {
  restLength = bytes.length - at;
  if (restLength === 0) {
    rest = rest.length > KeptBytes ? Buffer.alloc(0) : rest;
    return;
  }
  const wanted = restLength >= 4 ? Math.max(4 + bytes.readUInt32LE(at), restLength) : restLength;
  if (rest.length < wanted) {
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted + ReadAhead, ReadAhead)); // a large event fills it without being copied again
    bytes.copy(larger, 0, at);
    rest = larger;
  } else {
    bytes.copy(rest, 0, at);
  }
}

function receive(bytes, start, end) {
  const number = bytes.readUInt32LE(start + 5);
  const text = start + HEAD + 4 + bytes.readUInt32LE(start + HEAD);
  const header = JSON.parse(bytes.utf8Slice(start + HEAD + 4, text));
  requestIds.run(header.requestId, begin, header, bytes.utf8Slice(text, end), new SharedInvocation(number));
}

/** One of several invocations; its first answer counts, later ones are ignored. */
class SharedInvocation {
  #number;
  #decided = false;

  constructor(number) {
    this.#number = number;
  }

  /** Where the frames of a streamed answer go. */
  get out() {
    const number = this.#number;
    return {
      write: (kind, body) => put(kind, number, body),
      writeLater: (kind, body, done) => {
        put(kind, number, body);
        whenTaken(done);
      },
    };
  }

  succeed(result) {
    if (!this.#decide()) {
      return;
    }
    let body;
    try {
      // Functions and symbols have no JSON: their answer is empty, as on Lambda.
      body = JSON.stringify(result === undefined ? null : result) ?? '';
    } catch {
      this.#answerError(new Error('Unable to stringify response body'));
      return;
    }
    logs.whenFlushed(() => putAnswer(this.#number, body));
  }

  /** Others keep the event loop busy: there is no waiting for its end. */
  succeedWhenIdle(result) {
    this.succeed(result);
  }

  fail(error, send) {
    if (this.#decide()) {
      this.#answerError(error, send);
    }
  }

  complete(kind, body) {
    if (this.#decide()) {
      logs.whenFlushed(() => put(kind, this.#number, body));
    }
  }

  onIdle() {
    // The loop is never idle while the socket is read: an invocation that nothing will answer ends at its deadline.
  }

  #decide() {
    const first = !this.#decided;
    this.#decided = true;
    return first;
  }

  #answerError(error, send = () => put(Kind.Error, this.#number, JSON.stringify(errors.toBody(error)))) {
    logs.logError('Invoke Error', error);
    logs.whenFlushed(send);
  }
}

function putAnswer(number, body) {
  // One character is at most three bytes.
  if (body.length * 3 > MaxAnswer && Buffer.byteLength(body) > MaxAnswer) {
    const length = Buffer.allocUnsafe(8);
    length.writeBigInt64LE(BigInt(Buffer.byteLength(body)));
    put(Kind.TooLarge, number, length);
  } else {
    put(Kind.Response, number, body);
  }
}

let batch = Buffer.allocUnsafeSlow(ReadAhead);
let used = 0;

function put(kind, number, body = '') {
  if (used === 0) {
    setImmediate(flush); // after all that has become due in this turn
  }
  const most = HEAD + (typeof body === 'string' ? body.length * 3 : body.length);
  if (batch.length - used < most) {
    const larger = Buffer.allocUnsafeSlow(Math.max(batch.length * 2, used + most));
    batch.copy(larger, 0, 0, used);
    batch = larger;
  }
  const size = typeof body === 'string' ? batch.utf8Write(body, used + HEAD) : body.copy(batch, used + HEAD);
  batch.writeUInt32LE(size + HEAD - 4, used);
  batch[used + 4] = kind;
  batch.writeUInt32LE(number, used + 5);
  used += HEAD + size;
}

function flush() {
  const length = used;
  used = 0;
  const written = socket.writableLength === 0 ? tryWrite(batch, length) : 0;
  if (written < length) {
    socket.write(Buffer.from(batch.subarray(written, length))); // The daemon is slow: the rest waits in the stream.
  }
  if (batch.length > KeptBytes) {
    batch = Buffer.allocUnsafeSlow(ReadAhead);
  }
}

function tryWrite(bytes, length) {
  try {
    return fs.writeSync(fd, bytes, 0, length, null);
  } catch (error) {
    if (error.code === 'EAGAIN') {
      return 0;
    }
    process.reallyExit(0);
  }
}

/** Calls back when the daemon has taken nearly all that was written. */
function whenTaken(done) {
  setImmediate(() => {
    if (socket.writableLength < KeptBytes) {
      done();
    } else {
      socket.once('drain', () => done());
    }
  });
}

/** The process ends: what was answered goes first, then why. Nothing else runs any more, so it may block. */
function sendFatal(body) {
  const reason = Buffer.from(body);
  const head = Buffer.allocUnsafe(5);
  head.writeUInt32LE(reason.length + 1, 0);
  head[4] = Kind.Fatal;
  const bytes = Buffer.concat([batch.subarray(0, used), head, reason]);
  for (let at = 0; at < bytes.length;) {
    const count = tryWrite(bytes.subarray(at), bytes.length - at);
    at += count;
    if (count === 0) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

module.exports = { serve, sendFatal };
