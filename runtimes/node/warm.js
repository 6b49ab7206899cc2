'use strict';

// What a process does that waits in a pool, before it is known for which function: the first time of everything that a start needs.
const handlers = require('./handler.js');
const path = require('path');

const Rounds = 3;
// What SDKs and frameworks use of Node itself; no module of a function can have these names.
const Library = [
  'async_hooks', 'buffer', 'child_process', 'crypto', 'diagnostics_channel', 'dns', 'events', 'http', 'http2', 'https', 'net', 'os', 'perf_hooks',
  'querystring', 'readline', 'stream', 'stream/promises', 'string_decoder', 'timers/promises', 'tls', 'tty', 'url', 'util', 'worker_threads', 'zlib',
];

/** @param adopt what makes the process a function's; it may be called again. */
async function exercise(adopt) {
  if (process.env.PETREL_LIBRARY === '1') {
    delete process.env.PETREL_LIBRARY;
    Library.forEach((name) => require(name));
  }
  const folder = path.join(__dirname, 'warm');
  const before = { ...process.env };
  const home = process.cwd();
  for (let round = 0; round < Rounds; round++) {
    adopt(JSON.parse(JSON.stringify({ env: { NODE_PATH: folder, PETREL_WARM: '0' }, taskRoot: folder })));
    const loaded = [
      await handlers.load(folder, 'common.handler'),
      await handlers.load(folder, `module${round}.handler`), // The first ES module costs three times what it costs to load one.
    ];
    for (const handler of loaded) {
      JSON.parse(JSON.stringify(await handler.run({ warm: true }, {})));
    }
    delete require.cache[path.join(folder, 'common.js')];
  }
  for (const name of Object.keys(process.env)) {
    if (before[name] === undefined) {
      delete process.env[name];
    }
  }
  require('module').Module._initPaths();
  process.chdir(home);
  require('./errors.js').toBody(new Error('warm'));
}

module.exports = { exercise };
