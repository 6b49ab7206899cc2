// Calls the AWS SDK for JavaScript for the tests: one JSON request a line on stdin, one JSON answer a line on stdout.
// A request names an account, a command and its input; bytes travel as {"$bytes": base64}, event streams as lists of their events.
import * as lambda from "@aws-sdk/client-lambda";
import { createInterface } from "node:readline";

const endpoint = process.argv[2];
const clients = new Map();

function clientOf({ account, region }) {
  const key = `${account}/${region}`;
  if (!clients.has(key)) {
    const credentials = { accessKeyId: account, secretAccessKey: "test" };
    clients.set(key, new lambda.LambdaClient({ endpoint, region, credentials, maxAttempts: 1 }));
  }
  return clients.get(key);
}

function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$bytes === "string") return Buffer.from(value.$bytes, "base64");
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, decode(v)]));
}

async function encode(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return Promise.all(value.map(encode));
  if (value === null || typeof value !== "object") return value;
  if (value[Symbol.asyncIterator]) {
    const events = [];
    for await (const event of value) events.push({ ...(await encode(event)), $at: performance.now() });
    return events;
  }
  return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([k, v]) => [k, await encode(v)])));
}

async function perform(request) {
  const client = clientOf(request);
  const input = decode(request.params ?? {});
  if (request.operation.startsWith("waitUntil")) {
    return encode(await lambda[request.operation]({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, input));
  }
  return encode(await client.send(new lambda[`${request.operation}Command`](input)));
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  perform(request).then(
    (result) => console.log(JSON.stringify({ id: request.id, result })),
    (error) => console.log(JSON.stringify({
      id: request.id,
      error: { code: error.name, message: error.message, status: error.$metadata?.httpStatusCode ?? 0, response: { ...error } },
    })));
}
