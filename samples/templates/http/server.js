// Any program that serves HTTP on $PORT: requests of the function's URL arrive as they are, events as POST / with a CloudEvent.
const http = require('node:http');

http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ message: 'Hello!', method: request.method, path: request.url, event: request.headers['ce-type'] }));
}).listen(process.env.PORT);
