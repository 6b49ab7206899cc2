'use strict';

// Serves one action of Apache OpenWhisk on $PORT: /init loads it, /run calls it.
const fs = require('node:fs');
const http = require('node:http');
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const TASK = process.env.LAMBDA_TASK_ROOT || '/var/task';
const EXTENSIONS = ['', '.js', '.mjs', '.cjs'];
let action = null;

const readBody = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}');
};

function find(name) {
  const file = EXTENSIONS.map((extension) => path.join(TASK, name + extension)).find((f) => fs.existsSync(f) && fs.statSync(f).isFile());
  if (!file) throw new Error(`there is no file ${name}.js`);
  return file;
}

const isModule = (file) => {
  if (!file.endsWith('.js')) return file.endsWith('.mjs');
  for (let folder = path.dirname(file); folder.startsWith(TASK); folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (fs.existsSync(manifest)) return JSON.parse(fs.readFileSync(manifest, 'utf8')).type === 'module';
  }
  return false;
};

// An action of one file need not export its function: a plain `function main` is enough.
function loadScript(file, name) {
  const script = new Module(file, null);
  script.filename = file;
  script.paths = Module._nodeModulePaths(path.dirname(file));
  const isName = /^[A-Za-z_$][\w$]*$/.test(name);
  const offer = isName ? `\n;if (typeof ${name} === 'function' && !module.exports.${name}) module.exports.${name} = ${name};` : '';
  script._compile(fs.readFileSync(file, 'utf8') + offer, file);
  return script.exports;
}

async function load(main) {
  const dot = main.lastIndexOf('.');
  const name = main.slice(dot + 1);
  const file = find(main.slice(0, dot));
  const exported = isModule(file) ? await import(pathToFileURL(file)) : loadScript(file, name);
  const found = exported[name] || (exported.default && exported.default[name]);
  if (typeof found !== 'function') throw new Error(`${path.basename(file)} has no function ${name}`);
  return found;
}

async function run(message) {
  for (const name of ['namespace', 'action_name', 'action_version', 'activation_id', 'transaction_id', 'deadline']) {
    if (message[name] !== undefined) process.env[`__OW_${name.toUpperCase()}`] = message[name];
  }
  const result = await action(message.value || {});
  if (result === undefined || result === null) return {};
  if (typeof result !== 'object') throw new Error('the action returned something that is no object');
  return result;
}

const describe = (error) => (error instanceof Error || typeof error === 'string' ? String(error) : error);

http.createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  try {
    const message = await readBody(request);
    if (request.url === '/init') {
      if (action) return answer(403, { error: 'the action is initialised already' });
      action = await load(message.value.main);
      return answer(200, { ok: true });
    }
    if (request.url !== '/run' || !action) return answer(404, { error: 'no action is initialised' });
    answer(200, await run(message));
  } catch (error) {
    console.error(error);
    // What an action rejects with is its own error; what it throws in error is the developer's.
    if (request.url === '/run' && error && typeof error === 'object' && !(error instanceof Error)) return answer(200, { error });
    answer(502, { error: describe(error) });
  }
}).listen(Number(process.env.PORT), '127.0.0.1');
