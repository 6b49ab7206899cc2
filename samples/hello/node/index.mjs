// A function with a URL: GET / answers a greeting, GET /?name=Ada another. Invoked directly, the event itself has the name.
export const handler = async (event, context) => {
  const name = (event.queryStringParameters ?? event).name ?? 'world';
  console.log(`greeting ${name}, ${context.getRemainingTimeInMillis()} ms left`);
  return {
    statusCode: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `Hello, ${name}, from Node.js ${process.versions.node}`,
  };
};
