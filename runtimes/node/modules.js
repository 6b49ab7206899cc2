'use strict';

// The module cache: what V8 made of the function's CommonJS modules when they were loaded once at its deployment, in a sandbox. One file:
// the length of an index, the index {file: [offset, length]} as JSON, V8's data. V8 itself refuses what another version made, or of another source.
const fs = require('fs');
const Module = require('module');
const path = require('path');
const vm = require('vm');
const { Kind } = require('./channel.js');

const File = '/var/rapid/modules/modules';
const HEAD = 4;
const Chunk = 1024 * 1024;
// A script from V8's data cannot import while it runs: what names the way to do that is another in every process.
const Importing = /\bimport\s*\(/;

/** Compiles CommonJS modules by `compile(source, file)`, which gives a script, or undefined to leave it to Node. */
function hook(compile) {
  const original = Module.prototype._compile;
  Module.prototype._compile = function _compile(content, filename, ...rest) {
    const script = content.startsWith('#!') || Importing.test(content) ? undefined : compile(Module.wrap(content), filename);
    if (script === undefined) {
      return original.call(this, content, filename, ...rest);
    }
    return script.runInThisContext().call(this.exports, this.exports, requireOf(this), this, filename, path.dirname(filename));
  };
}

// As Node makes it for every module.
function requireOf(module) {
  const require = (id) => module.require(id);
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

function script(source, filename, cachedData) {
  return new vm.Script(source, { filename, cachedData, columnOffset: -Module.wrapper[0].length });
}

/** Remembers what is compiled from now on; the result writes it to the daemon and ends the process. */
function make(channel) {
  const scripts = new Map();
  hook((source, file) => {
    const made = script(source, file);
    scripts.set(file, made);
    return made;
  });
  return () => {
    const index = {};
    const data = [];
    let size = 0;
    for (const [file, made] of scripts) {
      const bytes = made.createCachedData();
      index[file] = [size, bytes.length];
      data.push(bytes);
      size += bytes.length;
    }
    const head = Buffer.from(JSON.stringify(index));
    const length = Buffer.alloc(HEAD);
    length.writeUInt32LE(head.length);
    const content = Buffer.concat([length, head, ...data]);
    channel.write(Kind.StreamStart, Buffer.from('\u0002\0\0\0{}'));
    for (let at = 0; at < content.length; at += Chunk) {
      channel.write(Kind.StreamChunk, content.subarray(at, at + Chunk));
    }
    channel.write(Kind.StreamEnd);
    process.reallyExit(0);
  };
}

/** Has modules compiled from the cache, where there is one. */
function use() {
  let content;
  try {
    content = fs.readFileSync(File);
  } catch {
    return;
  }
  const start = HEAD + content.readUInt32LE(0);
  const index = new Map(Object.entries(JSON.parse(content.toString('utf8', HEAD, start))));
  hook((source, file) => {
    const place = index.get(file);
    return place && script(source, file, content.subarray(start + place[0], start + place[0] + place[1]));
  });
}

module.exports = { make, use };
