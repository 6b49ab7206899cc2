'use strict';

const { Writable } = require('stream');
const channel = require('./channel.js');
const { RuntimeError, toBody } = require('./errors.js');

const { Kind } = channel;
const MaxChunk = 1024 * 1024;
// The content type that tells the platform of a JSON prelude (Lambda: invoking with response streams).
const WithMetadata = 'application/vnd.awslambda.http-integration-response';

/** The answer of a streaming handler: every write becomes a frame. */
class ResponseStream extends Writable {
  #started = false;
  #contentType = 'application/octet-stream';
  #metadata;

  #out;

  /** @param out where frames go: `write` and `writeLater` */
  constructor(highWaterMark, out) {
    super({ highWaterMark, decodeStrings: true });
    this.#out = out;
  }

  get started() {
    return this.#started;
  }

  setContentType(contentType) {
    if (this.#started) {
      throw new RuntimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.');
    }
    this.#contentType = contentType;
  }

  setMetadata(metadata) {
    this.setContentType(WithMetadata);
    this.#metadata = metadata;
  }

  write(chunk, encoding, done) {
    const plain = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.write(plain ? chunk : JSON.stringify(chunk), encoding, done);
  }

  _write(chunk, encoding, done) {
    this.#begin();
    this.#send(chunk, done);
  }

  _writev(chunks, done) {
    this.#begin();
    this.#send(Buffer.concat(chunks.map((c) => c.chunk)), done);
  }

  #send(bytes, done) {
    const rest = bytes.subarray(MaxChunk);
    this.#out.writeLater(Kind.StreamChunk, bytes.subarray(0, MaxChunk),
      (error) => (error || rest.length === 0 ? done(error) : this.#send(rest, done)));
  }

  _final(done) {
    this.#begin();
    done();
  }

  #begin() {
    if (this.#started) {
      return;
    }
    this.#started = true;
    const header = Buffer.from(JSON.stringify({ contentType: this.#contentType, metadata: this.#metadata }));
    const body = Buffer.allocUnsafe(4 + header.length);
    body.writeUInt32LE(header.length, 0);
    header.copy(body, 4);
    this.#out.write(Kind.StreamStart, body);
  }
}

/** Runs a streaming handler until its stream has ended; `fail` takes an error, `done` nothing. */
function run(handler, event, context, invocation) {
  const out = invocation.out ?? channel;
  const stream = new ResponseStream(handler.highWaterMark, out);
  let over = false;
  const end = (error) => {
    if (over) {
      return;
    }
    over = true;
    if (error === undefined) {
      invocation.complete(Kind.StreamEnd);
    } else if (stream.started) {
      invocation.fail(error, () => out.write(Kind.StreamEnd, JSON.stringify(toBody(error))));
    } else {
      invocation.fail(error);
    }
  };

  stream.once('error', end);
  invocation.onIdle(() => end(new RuntimeError('ResponseStreamNotFinished', 'Response stream is not finished.')));
  let result;
  try {
    const { run: call } = handler;
    result = call(event, stream, context);
  } catch (error) {
    end(error);
    return;
  }
  if (typeof result?.then !== 'function') {
    end(new RuntimeError('InvalidStreamingOperation', 'Streaming does not support non-async handlers.'));
    return;
  }
  result.then((value) => {
    if (value !== undefined) {
      console.warn('Streaming handlers ignore return values.');
    }
    if (stream.writableFinished) {
      end();
    } else {
      stream.once('finish', () => end());
    }
  }, end);
}

module.exports = { run };
