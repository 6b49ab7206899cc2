'use strict';

// Console methods write one event a call, in Lambda's text or JSON format, to standard output.
const fs = require('fs');
const { format } = require('util');
const { isError, toLogBody } = require('./errors.js');

const Levels = { TRACE: 0, DEBUG: 1, INFO: 2, WARN: 3, ERROR: 4, FATAL: 5 };
const Methods = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' };

let requestId;
let requestIds; // By which code each belongs to; undefined where one invocation runs after another.
let json = false;
let stdout;

function setRequestId(id) {
  requestId = id;
}

/** Several invocations run at a time: lines belong to the one whose code prints them. */
function followRequests(ids) {
  requestIds = ids;
}

function currentId() {
  return requestIds === undefined ? requestId : requestIds.getStore();
}

/** Replaces the console's methods, as the environment of the function asks. */
function patch() {
  json = (process.env.AWS_LAMBDA_LOG_FORMAT || '').toUpperCase() === 'JSON';
  const threshold = Levels[(process.env.AWS_LAMBDA_LOG_LEVEL || '').toUpperCase()] ?? 0;
  const line = json ? jsonLine : textLine;
  for (const [method, level] of Object.entries(Methods)) {
    console[method] = Levels[level] < threshold ? () => {} : (...args) => writeLine(line(level, args));
  }
  watchStdout();
}

function textLine(level, args) {
  const message = args.length === 1 && typeof args[0] === 'string' ? args[0] : format(...args);
  return `${new Date().toISOString()}\t${currentId()}\t${level}\t${message}`;
}

function jsonLine(level, args) {
  const event = { timestamp: new Date().toISOString(), level, requestId: currentId() };
  if (args.length === 1) {
    event.message = args[0];
    try {
      return JSON.stringify(event, expandError);
    } catch {
      event.message = format(args[0]);
      return JSON.stringify(event);
    }
  }
  event.message = format(...args);
  const error = args.find(isError);
  if (error !== undefined) {
    Object.assign(event, errorMembers(error));
  }
  return JSON.stringify(event);
}

function expandError(_, value) {
  return isError(value) ? { ...errorMembers(value), ...value } : value;
}

function errorMembers(error) {
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
  };
}

/** Writes an error that ends an invocation or the initialisation. */
function logError(what, error) {
  if (json) {
    console.error(what, error);
    return;
  }
  let body;
  try {
    body = JSON.stringify(toLogBody(error));
  } catch {
    body = format(error);
  }
  console.error(what, `\t${body}`);
}

// An event of several lines stays one event: inside it, NUL stands for a line end (docs/frames.md).
function writeLine(line) {
  const text = line.includes('\n') ? line.replaceAll('\n', '\0') : line;
  const bytes = Buffer.from(text + '\n');
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += fs.writeSync(1, bytes, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') {
        return; // Nobody reads any more.
      }
      // process.stdout makes the pipe non-blocking once it is used.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

// Remembers whether the function uses process.stdout itself, whose writes may still be queued when it answers.
function watchStdout() {
  const original = Object.getOwnPropertyDescriptor(process, 'stdout');
  Object.defineProperty(process, 'stdout', {
    configurable: true,
    enumerable: true,
    get() {
      stdout = original.get.call(process);
      Object.defineProperty(process, 'stdout', original);
      return stdout;
    },
  });
}

/** Calls back when all that was printed has left the process; at once in nearly every case. */
function whenFlushed(done) {
  if (stdout !== undefined && stdout.writableLength > 0) {
    stdout.write('', () => done());
  } else {
    done();
  }
}

module.exports = { patch, setRequestId, followRequests, logError, whenFlushed };
