'use strict';

// What a process does that waits in a pool, before it is known for which function: the first time of everything that a start needs.
const handlers = require('./handler.js');

async function exercise() {
  // The first ES module costs three times what it costs to load one.
  await import('./warm.mjs');
  const handler = await handlers.load(__dirname, 'warm-handler.handler');
  JSON.parse(JSON.stringify(await handler.run({ warm: true }, {})));
  require('./errors.js').toBody(new Error('warm'));
}

module.exports = { exercise };
