// The JavaScript SDK: its client, document client, paginators and waiters.
import assert from "node:assert/strict";
import * as dynamo from "@aws-sdk/client-dynamodb";
import * as streams from "@aws-sdk/client-dynamodb-streams";
import * as lib from "@aws-sdk/lib-dynamodb";
import { configuration, fails } from "./clients.mjs";

const client = new dynamo.DynamoDBClient(configuration);
const document = lib.DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
const TableName = "orders";

await client.send(new dynamo.CreateTableCommand({
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "customer", AttributeType: "S" },
    { AttributeName: "number", AttributeType: "N" },
    { AttributeName: "state", AttributeType: "S" },
  ],
  KeySchema: [{ AttributeName: "customer", KeyType: "HASH" }, { AttributeName: "number", KeyType: "RANGE" }],
  GlobalSecondaryIndexes: [{
    IndexName: "byState",
    KeySchema: [{ AttributeName: "state", KeyType: "HASH" }, { AttributeName: "number", KeyType: "RANGE" }],
    Projection: { ProjectionType: "ALL" },
  }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  Tags: [{ Key: "team", Value: "shop" }],
}));
await dynamo.waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
const described = (await client.send(new dynamo.DescribeTableCommand({ TableName }))).Table;
assert.equal(described.TableStatus, "ACTIVE");
assert.ok(described.CreationDateTime instanceof Date);
assert.equal(described.GlobalSecondaryIndexes[0].IndexStatus, "ACTIVE");

// Every type of JavaScript that the document client knows comes back as it was.
const item = {
  customer: "ada", number: 1, state: "new", text: "ü€😀", empty: "", yes: true, nothing: null, bytes: new Uint8Array([0, 1, 255]),
  list: [1, "x", [null, { deep: true }]], map: { a: { b: [] } }, words: new Set(["b", "a"]), numbers: new Set([1, 2.5]), half: 0.5,
};
await document.send(new lib.PutCommand({ TableName, Item: item }));
assert.deepEqual((await document.send(new lib.GetCommand({ TableName, Key: { customer: "ada", number: 1 }, ConsistentRead: true }))).Item, item);
const precise = lib.NumberValue.from("12345678901234567890123456789012345678");
await document.send(new lib.PutCommand({ TableName, Item: { customer: "ada", number: 2, exact: precise } }));
const exact = await client.send(new dynamo.GetItemCommand({ TableName, Key: { customer: { S: "ada" }, number: { N: "2" } } }));
assert.equal(exact.Item.exact.N, precise.value);

const updated = await document.send(new lib.UpdateCommand({
  TableName,
  Key: { customer: "ada", number: 1 },
  UpdateExpression: "SET #s = :paid, amounts = list_append(if_not_exists(amounts, :none), :one) ADD visits :v DELETE words :b REMOVE half",
  ConditionExpression: "#s = :new AND contains(words, :word)",
  ExpressionAttributeNames: { "#s": "state" },
  ExpressionAttributeValues: { ":paid": "paid", ":new": "new", ":none": [], ":one": [1.25], ":v": 1, ":b": new Set(["b"]), ":word": "a" },
  ReturnValues: "ALL_NEW",
}));
assert.deepEqual([updated.Attributes.state, updated.Attributes.amounts, updated.Attributes.visits, [...updated.Attributes.words]], ["paid", [1.25], 1, ["a"]]);
const failed = await fails("ConditionalCheckFailedException", () => client.send(new dynamo.DeleteItemCommand({
  TableName, Key: { customer: { S: "ada" }, number: { N: "1" } }, ConditionExpression: "attribute_not_exists(customer)", ReturnValuesOnConditionCheckFailure: "ALL_OLD",
})));
assert.ok(failed instanceof dynamo.ConditionalCheckFailedException);
assert.equal(failed.Item.state.S, "paid");

// Batches and pages.
for (let from = 10; from < 110; from += 25) {
  const puts = Array.from({ length: 25 }, (_, i) => ({ PutRequest: { Item: { customer: "bob", number: from + i, state: i % 2 ? "new" : "paid", pad: "x".repeat(20_000) } } }));
  const written = await document.send(new lib.BatchWriteCommand({ RequestItems: { [TableName]: puts } }));
  assert.deepEqual(written.UnprocessedItems, {});
}
let pages = 0, numbers = [];
for await (const page of lib.paginateQuery({ client: document }, { TableName, KeyConditionExpression: "customer = :c", ExpressionAttributeValues: { ":c": "bob" } })) {
  pages++;
  numbers.push(...page.Items.map((i) => i.number));
}
assert.ok(pages > 1, `two megabytes are more than one page, not ${pages}`);
assert.deepEqual(numbers, Array.from({ length: 100 }, (_, i) => i + 10));
let scanned = 0;
for await (const page of lib.paginateScan({ client: document, pageSize: 7 }, { TableName })) scanned += page.Count;
assert.equal(scanned, 102);
const byState = [];
for await (const page of lib.paginateQuery({ client: document, pageSize: 9 }, {
  TableName, IndexName: "byState", KeyConditionExpression: "#s = :s AND #n BETWEEN :a AND :b", ScanIndexForward: false,
  ExpressionAttributeNames: { "#s": "state", "#n": "number" }, ExpressionAttributeValues: { ":s": "new", ":a": 10, ":b": 60 },
})) byState.push(...page.Items.map((i) => i.number));
assert.deepEqual(byState, byState.toSorted((a, b) => b - a));
assert.ok(byState.length > 20);
const got = await document.send(new lib.BatchGetCommand({ RequestItems: { [TableName]: { Keys: [{ customer: "bob", number: 10 }, { customer: "ada", number: 1 }, { customer: "no", number: 1 }] } } }));
assert.equal(got.Responses[TableName].length, 2);
const tables = [];
for await (const page of dynamo.paginateListTables({ client, pageSize: 1 }, {})) tables.push(...page.TableNames);
assert.deepEqual(tables, [TableName]);

// Transactions.
const cancelled = await fails("TransactionCanceledException", () => document.send(new lib.TransactWriteCommand({
  TransactItems: [
    { Put: { TableName, Item: { customer: "eve", number: 1 } } },
    { ConditionCheck: { TableName, Key: { customer: "ada", number: 1 }, ConditionExpression: "#s = :s", ExpressionAttributeNames: { "#s": "state" }, ExpressionAttributeValues: { ":s": "new" } } },
  ],
})));
assert.deepEqual(cancelled.CancellationReasons.map((r) => r.Code), ["None", "ConditionalCheckFailed"]);
assert.equal((await document.send(new lib.GetCommand({ TableName, Key: { customer: "eve", number: 1 } }))).Item, undefined);
const transaction = { ClientRequestToken: "token-1", TransactItems: [{ Update: { TableName, Key: { customer: "eve", number: 1 }, UpdateExpression: "ADD n :one", ExpressionAttributeValues: { ":one": 1 } } }] };
await document.send(new lib.TransactWriteCommand(transaction));
await document.send(new lib.TransactWriteCommand(transaction));
const read = await document.send(new lib.TransactGetCommand({ TransactItems: [{ Get: { TableName, Key: { customer: "eve", number: 1 } } }, { Get: { TableName, Key: { customer: "none", number: 1 } } }] }));
assert.deepEqual(read.Responses.map((r) => r.Item), [{ customer: "eve", number: 1, n: 1 }, undefined]);

// PartiQL.
const selected = await document.send(new lib.ExecuteStatementCommand({ Statement: `SELECT customer, "number" FROM "${TableName}" WHERE customer = ? AND "number" = ?`, Parameters: ["ada", 1] }));
assert.deepEqual(selected.Items, [{ customer: "ada", number: 1 }]);

// The stream tells it all.
const source = new streams.DynamoDBStreamsClient(configuration);
const stream = (await source.send(new streams.DescribeStreamCommand({ StreamArn: described.LatestStreamArn }))).StreamDescription;
assert.equal(stream.StreamViewType, "NEW_AND_OLD_IMAGES");
const events = [];
for (const { ShardId } of stream.Shards) {
  let { ShardIterator } = await source.send(new streams.GetShardIteratorCommand({ StreamArn: stream.StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }));
  for (let empty = 0; ShardIterator && empty < 3;) {
    const page = await source.send(new streams.GetRecordsCommand({ ShardIterator }));
    events.push(...page.Records);
    empty = page.Records.length ? 0 : empty + 1;
    ShardIterator = page.NextShardIterator;
  }
}
assert.equal(events.length, 104);
const change = events.find((e) => e.eventName === "MODIFY");
assert.equal(change.dynamodb.OldImage.state.S, "new");
assert.equal(change.dynamodb.NewImage.state.S, "paid");
assert.ok(change.dynamodb.ApproximateCreationDateTime instanceof Date);

// Errors are of their classes.
assert.ok((await fails("ResourceNotFoundException", () => client.send(new dynamo.DescribeTableCommand({ TableName: "nosuch" })))) instanceof dynamo.ResourceNotFoundException);
await fails("ResourceInUseException", () => client.send(new dynamo.CreateTableCommand({ TableName, BillingMode: "PAY_PER_REQUEST", AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }], KeySchema: [{ AttributeName: "a", KeyType: "HASH" }] })));
await fails("ValidationException", () => document.send(new lib.PutCommand({ TableName, Item: { customer: "x" } })));
await client.send(new dynamo.DeleteTableCommand({ TableName }));
await dynamo.waitUntilTableNotExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
