// dynamoose: models that make their tables themselves.
import assert from "node:assert/strict";
import dynamoose from "dynamoose";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { configuration, fails } from "./clients.mjs";

dynamoose.aws.ddb.set(new DynamoDB(configuration));
const schema = new dynamoose.Schema({
  id: { type: String, hashKey: true },
  at: { type: Number, rangeKey: true },
  owner: { type: String, index: { name: "byOwner", type: "global", project: true } },
  name: { type: String, required: true },
  tags: { type: Set, schema: [String] },
  address: { type: Object, schema: { street: String, numbers: { type: Array, schema: [Number] } } },
  when: Date,
  bytes: Buffer,
}, { timestamps: true });
const Thing = dynamoose.model("Thing", schema, { create: true, waitForActive: { enabled: true, check: { timeout: 30_000, frequency: 100 } }, throughput: "ON_DEMAND" });

const when = new Date("2024-05-06T07:08:09.000Z");
const made = await Thing.create({ id: "a", at: 1, owner: "me", name: "first", tags: new Set(["x", "y"]), address: { street: "s", numbers: [1, 2.5] }, when, bytes: Buffer.from([1, 2]) });
assert.ok(made.createdAt);
const found = await Thing.get({ id: "a", at: 1 });
assert.deepEqual([found.name, [...found.tags].sort(), found.address, found.when, [...found.bytes]], ["first", ["x", "y"], { street: "s", numbers: [1, 2.5] }, when, [1, 2]]);
await fails("ConditionalCheckFailedException", () => Thing.create({ id: "a", at: 1, name: "again" }));
await fails("ValidationError", () => Thing.create({ id: "b", at: 1 }));

await Thing.batchPut(Array.from({ length: 40 }, (_, i) => ({ id: "many", at: i, owner: i % 2 ? "me" : "you", name: `n${i}` })).slice(0, 25));
await Thing.update({ id: "many", at: 3 }, { $SET: { name: "changed" }, $REMOVE: ["owner"] });
assert.equal((await Thing.get({ id: "many", at: 3 })).owner, undefined);
const page = await Thing.query("id").eq("many").where("at").between(2, 12).sort("descending").limit(5).exec();
assert.deepEqual([...page].map((t) => t.at), [12, 11, 10, 9, 8]);
const next = await Thing.query("id").eq("many").where("at").between(2, 12).sort("descending").limit(5).startAt(page.lastKey).exec();
assert.deepEqual([...next].map((t) => t.at), [7, 6, 5, 4, 3]);
assert.equal((await Thing.query("owner").eq("me").using("byOwner").exec()).length, 12);
assert.equal((await Thing.scan("name").beginsWith("n1").count().exec()).count, 11);
assert.equal((await Thing.scan().filter("tags").contains("x").exec()).length, 1);
await dynamoose.transaction([
  Thing.transaction.create({ id: "t", at: 1, name: "one" }),
  Thing.transaction.update({ id: "many", at: 5 }, { name: "two" }),
  Thing.transaction.delete({ id: "many", at: 6 }),
  Thing.transaction.condition({ id: "a", at: 1 }, new dynamoose.Condition("name").eq("first")),
]);
assert.equal(await Thing.get({ id: "many", at: 6 }), undefined);
const both = await Thing.batchGet([{ id: "t", at: 1 }, { id: "many", at: 5 }]);
assert.deepEqual([...both].map((t) => t.name).sort(), ["one", "two"]);
await found.delete();
assert.equal(await Thing.get({ id: "a", at: 1 }), undefined);
