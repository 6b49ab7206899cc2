'use strict';

// Runs a Node.js function: loads its handler, then answers one event after another (docs/frames.md).
const channel = require('./channel.js');
const errors = require('./errors.js');
const logs = require('./console.js');
const { load, awslambda } = require('./handler.js');
const modules = require('./modules.js');

const { Kind } = channel;

let handler;
let settings; // What the context says of the function; the environment is read once, since each look costs a call out of V8.
let shared; // What several invocations at a time go through; undefined where one runs after another.
let idle; // What to do when the event loop has nothing left to do.

async function main() {
  if (process.env.PETREL_WARM === '1') {
    delete process.env.PETREL_WARM;
    await require('./warm.js').exercise(adopt);
    channel.write(Kind.Waiting);
  }
  const { kind, body } = channel.read();
  if (kind !== Kind.Init) {
    throw new Error(`expected an Init frame, got ${kind}`);
  }
  const init = JSON.parse(body.toString());
  adopt(init);
  watchProcess();
  const made = process.env.PETREL_MODULES === 'make' ? modules.make(channel) : modules.use();
  delete process.env.PETREL_MODULES;
  try {
    handler = await load(init.taskRoot, init.handler);
    made?.();
  } catch (error) {
    failInit(error);
    return;
  }
  channel.write(Kind.Ready);
  if (init.concurrency > 1) {
    shared = require('./shared.js');
    shared.serve(begin);
  } else {
    next();
  }
}

// Becomes the function: its environment, folder and console.
function adopt(init) {
  for (const [name, value] of Object.entries(init.env ?? {})) {
    process.env[name] = value;
  }
  if (init.env?.NODE_PATH !== undefined) {
    require('module').Module._initPaths(); // Node reads NODE_PATH when it starts.
  }
  process.chdir(init.taskRoot);
  logs.patch();
  if (/^(1|true)$/.test(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA ?? '')) {
    delete globalThis.awslambda;
  } else {
    globalThis.awslambda = awslambda;
  }
  settings = {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

function watchProcess() {
  process.on('uncaughtException', (error) => fatal('Uncaught Exception', error, 129));
  process.on('unhandledRejection', (reason, promise) => {
    fatal('Unhandled Promise Rejection', new errors.UnhandledPromiseRejection(reason, promise), 128);
  });
  process.on('beforeExit', () => {
    const action = idle;
    idle = undefined;
    action?.();
  });
}

function failInit(error) {
  logs.logError('Uncaught Exception', error);
  logs.whenFlushed(() => {
    channel.write(Kind.InitError, JSON.stringify(errors.toBody(error)));
    process.exit(1);
  });
}

// The state of the process is unknown after an error that nothing caught: it answers and ends.
function fatal(what, error, exitCode) {
  logs.logError(what, error);
  if (shared !== undefined) {
    logs.whenFlushed(() => {
      shared.sendFatal(JSON.stringify(errors.toBody(error)));
      process.exit(exitCode);
    });
    return;
  }
  const kind = handler === undefined ? Kind.InitError : Kind.Fatal;
  whenAllSent(() => {
    channel.write(kind, JSON.stringify(errors.toBody(error)));
    process.exit(exitCode);
  });
}

function next() {
  const { body } = channel.read();
  const headerLength = body.readUInt32LE(0);
  const header = JSON.parse(body.utf8Slice(4, 4 + headerLength));
  const text = body.utf8Slice(4 + headerLength, body.length);
  const invocation = new Invocation();
  logs.setRequestId(header.requestId);
  setTraceId(header.traceId);
  begin(header, text, invocation);
}

function begin(header, text, invocation) {
  let event;
  let context;
  try {
    context = makeContext(header, invocation);
    event = JSON.parse(text);
  } catch (error) {
    invocation.fail(error);
    return;
  }
  if (handler.streaming) {
    require('./stream.js').run(handler, event, context, invocation);
  } else {
    run(event, context, invocation);
  }
}

function run(event, context, invocation) {
  invocation.onIdle(() => {
    if (handler.isAsync) {
      invocation.fail(new errors.RuntimeError('NodeJsExit',
        'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. '
        + 'For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes'));
    } else {
      invocation.succeed(null); // The function forgot its callback.
    }
  });
  const callback = (error, result) => {
    if (error !== undefined && error !== null) {
      invocation.fail(error);
    } else if (context.callbackWaitsForEmptyEventLoop) {
      invocation.succeedWhenIdle(result);
    } else {
      invocation.succeed(result);
    }
  };
  try {
    const { run: call } = handler;
    const result = call(event, context, callback);
    if (typeof result?.then === 'function') {
      result.then((value) => invocation.succeed(value), (error) => invocation.fail(error ?? 'handled'));
    }
  } catch (error) {
    callback(error ?? 'handled');
  }
}

/** One invocation; its first answer counts, later ones are ignored. */
class Invocation {
  #decided = false;

  succeed(result) {
    if (this.#decide()) {
      this.#answer(result);
    }
  }

  /** Answers when the function has nothing more to do: timers, sockets… */
  succeedWhenIdle(result) {
    if (this.#decide()) {
      this.onIdle(() => this.#answer(result));
    }
  }

  fail(error, send) {
    if (this.#decide()) {
      this.#answerError(error, send);
    }
  }

  complete(kind, body) {
    if (this.#decide()) {
      finish(() => channel.write(kind, body));
    }
  }

  onIdle(action) {
    idle = action;
  }

  #decide() {
    const first = !this.#decided;
    this.#decided = true;
    return first;
  }

  #answer(result) {
    let body;
    try {
      // Functions and symbols have no JSON: their answer is empty, as on Lambda.
      body = JSON.stringify(result === undefined ? null : result) ?? '';
    } catch {
      this.#answerError(new Error('Unable to stringify response body'));
      return;
    }
    finish(() => channel.write(Kind.Response, body));
  }

  #answerError(error, send = () => channel.write(Kind.Error, JSON.stringify(errors.toBody(error)))) {
    logs.logError('Invoke Error', error);
    finish(send);
  }
}

function finish(send) {
  idle = undefined;
  whenAllSent(() => {
    send();
    // What has just become due runs before the loop stops in the next read.
    setImmediate(next);
  });
}

// What was printed and streamed before goes first.
function whenAllSent(done) {
  logs.whenFlushed(() => channel.whenQuiet(done));
}

function makeContext(header, invocation) {
  const deadlineMs = header.deadlineMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    succeed: (result) => invocation.succeed(result),
    fail: (error) => invocation.fail(error ?? 'handled'),
    done: (error, result) => (error === undefined || error === null ? invocation.succeed(result) : invocation.fail(error)),
    ...settings,
    clientContext: header.clientContext === undefined ? undefined : parse(header.clientContext, 'ClientContext'),
    identity: header.cognitoIdentity === undefined ? undefined : parse(header.cognitoIdentity, 'CognitoIdentity'),
    invokedFunctionArn: header.functionArn,
    awsRequestId: header.requestId,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

function parse(text, name) {
  try {
    return typeof text === 'string' ? JSON.parse(text) : text;
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${error}`);
  }
}

let traceId;
function setTraceId(id) {
  if (id === traceId) {
    return;
  }
  traceId = id;
  if (id === undefined) {
    delete process.env._X_AMZN_TRACE_ID;
  } else {
    process.env._X_AMZN_TRACE_ID = id;
  }
}

main();
