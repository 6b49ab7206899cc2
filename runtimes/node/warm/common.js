'use strict';

exports.handler = async (event) => ({ event, at: Date.now() });
