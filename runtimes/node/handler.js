'use strict';

// From the handler's name to the function: dir/file.export.nested below the task root.
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const { RuntimeError } = require('./errors.js');

const Streaming = Symbol.for('aws.lambda.runtime.handler.streaming');
const FirstWithoutCallbacks = 24;
const HighWaterMark = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

/** Loads a handler; throws a RuntimeError, or whatever the module itself throws. */
async function load(taskRoot, name) {
  if (name.includes('..')) {
    throw new RuntimeError('MalformedHandlerName',
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const base = path.basename(name);
  const folder = name.slice(0, name.lastIndexOf(base));
  const dot = base.indexOf('.');
  if (dot < 0) {
    throw new RuntimeError('MalformedHandlerName', 'Bad handler');
  }

  const loaded = await loadModule(taskRoot, folder, base.slice(0, dot));
  let handler = loaded;
  for (const key of base.slice(dot + 1).split('.')) {
    handler = handler?.[key];
  }
  if (!handler) {
    throw new RuntimeError('HandlerNotFound', `${name} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw new RuntimeError('HandlerNotFound', `${name} is not a function`);
  }
  return describeHandler(handler);
}

async function loadModule(taskRoot, folder, name) {
  try {
    return await findModule(taskRoot, folder, name);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError('UserCodeSyntaxError', String(error), error.stack);
    }
    if (error?.code === 'MODULE_NOT_FOUND') { // Not what ES modules throw: theirs stay as they are, as on Lambda.
      throw new RuntimeError('ImportModuleError', String(error));
    }
    throw error;
  }
}

// The order is Lambda's: no extension, .js, .mjs, .cjs, then whatever Node itself would find from the task root.
async function findModule(taskRoot, folder, name) {
  const file = path.resolve(taskRoot, folder, name);
  if (isFile(file)) {
    return require(file);
  }
  if (isFile(`${file}.js`)) {
    return isModulePackage(path.dirname(file)) ? import(pathToFileURL(`${file}.js`)) : require(`${file}.js`);
  }
  if (isFile(`${file}.mjs`)) {
    return import(pathToFileURL(`${file}.mjs`));
  }
  if (isFile(`${file}.cjs`)) {
    return require(`${file}.cjs`);
  }
  return require(require.resolve(name, { paths: [taskRoot, path.join(taskRoot, folder)] }));
}

function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

// The nearest package.json decides what a .js file is.
function isModulePackage(folder) {
  for (let at = folder; !at.endsWith('/node_modules'); at = path.dirname(at)) {
    const file = path.join(at, 'package.json');
    if (fs.existsSync(file)) { // Most folders have none, and an exception for each takes longer than this look.
      try {
        return JSON.parse(fs.readFileSync(file, 'utf8'))?.type === 'module';
      } catch (error) {
        console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error);
        return false;
      }
    }
    if (at === '/') {
      return false;
    }
  }
  return false;
}

function describeHandler(run) {
  const streaming = run[Streaming];
  if (streaming && streaming !== 'response') {
    throw new RuntimeError('MalformedStreamingHandler', 'Only response streaming is supported.');
  }
  const version = /^AWS_Lambda_nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? '')?.[1] ?? 0;
  if (!streaming && run.length > 2 && version >= FirstWithoutCallbacks) {
    throw new RuntimeError('CallbackHandlerDeprecated',
      'Lambda runs no callback-based handlers from Node.js 24 on: let the handler be async and take two parameters, or use nodejs22.x.');
  }
  return {
    run,
    streaming: streaming === 'response',
    highWaterMark: Number.isInteger(run[HighWaterMark]) ? run[HighWaterMark] : undefined,
    isAsync: run.constructor?.name === 'AsyncFunction',
  };
}

/** The global that marks a handler as a streaming one. */
const awslambda = {
  streamifyResponse(handler, options) {
    handler[Streaming] = 'response';
    if (typeof options?.highWaterMark === 'number') {
      handler[HighWaterMark] = Math.trunc(options.highWaterMark);
    }
    return handler;
  },
  HttpResponseStream: {
    /** Gives a streamed HTTP answer its status, headers and cookies. */
    from(stream, metadata) {
      stream.setMetadata(metadata);
      return stream;
    },
  },
};

module.exports = { load, awslambda };
