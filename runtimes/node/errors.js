'use strict';

const { types } = require('util');

/** An error of the runtime itself; its name is the `errorType` that callers see. */
class RuntimeError extends Error {
  constructor(name, message, stack) {
    super(message);
    this.name = `Runtime.${name}`;
    if (stack !== undefined) {
      this.stack = stack;
    }
  }
}

class UnhandledPromiseRejection extends RuntimeError {
  constructor(reason, promise) {
    super('UnhandledPromiseRejection', describe(reason));
    this.reason = reason;
    this.promise = promise;
  }
}

function describe(value) {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function isError(value) {
  return types.isNativeError(value) || (value !== null && typeof value === 'object' && 'name' in value && 'message' in value && 'stack' in value);
}

/** What the caller gets. */
function toBody(error) {
  try {
    if (isError(error)) {
      return {
        errorType: String(error.name),
        errorMessage: String(error.message),
        trace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
      };
    }
    return { errorType: typeof error, errorMessage: describe(error), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage: 'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    };
  }
}

/** What the log gets: also an error's own properties, such as `code`, and those of its cause. */
function toLogBody(error) {
  const { trace, ...body } = toBody(error);
  if (isError(error)) {
    for (const [key, value] of Object.entries(error)) {
      if (!(key in body) && key !== 'name' && key !== 'message' && key !== 'stack') {
        body[key] = isError(value) ? toLogBody(value) : value;
      }
    }
    body.stack = trace;
  }
  return body;
}

module.exports = { RuntimeError, UnhandledPromiseRejection, describe, isError, toBody, toLogBody };
