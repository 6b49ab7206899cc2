// electrodb: many entities in one table.
import assert from "node:assert/strict";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Entity, Service } from "electrodb";
import { configuration } from "./clients.mjs";

const client = DynamoDBDocumentClient.from(new DynamoDBClient(configuration));
const table = "single";
const key = (name, type) => ({ AttributeName: name, KeyType: type });
await client.send(new CreateTableCommand({
  TableName: table,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
  KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
  GlobalSecondaryIndexes: [{ IndexName: "gsi1", KeySchema: [key("gsi1pk", "HASH"), key("gsi1sk", "RANGE")], Projection: { ProjectionType: "ALL" } }],
}));
const model = (entity) => ({ entity, version: "1", service: "shop" });
const Employee = new Entity({
  model: model("employee"),
  attributes: {
    id: { type: "string", required: true }, office: { type: "string", required: true }, name: { type: "string" }, salary: { type: "number", default: 10 },
    skills: { type: "set", items: "string" }, history: { type: "list", items: { type: "map", properties: { at: { type: "number" }, what: { type: "string" } } } },
    status: { type: ["active", "gone"], default: "active" },
  },
  indexes: {
    primary: { pk: { field: "pk", composite: ["id"] }, sk: { field: "sk", composite: [] } },
    byOffice: { index: "gsi1", collection: "office", pk: { field: "gsi1pk", composite: ["office"] }, sk: { field: "gsi1sk", composite: ["name"] } },
  },
}, { client, table });
const Desk = new Entity({
  model: model("desk"),
  attributes: { desk: { type: "string", required: true }, office: { type: "string", required: true }, height: { type: "number" } },
  indexes: {
    primary: { pk: { field: "pk", composite: ["desk"] }, sk: { field: "sk", composite: [] } },
    byOffice: { index: "gsi1", collection: "office", pk: { field: "gsi1pk", composite: ["office"] }, sk: { field: "gsi1sk", composite: ["desk"] } },
  },
}, { client, table });
const shop = new Service({ employee: Employee, desk: Desk });

await Employee.put({ id: "1", office: "north", name: "ada", skills: ["a", "b"], history: [{ at: 1, what: "hired" }] }).go();
await Employee.create({ id: "2", office: "north", name: "bob" }).go();
await assert.rejects(Employee.create({ id: "2", office: "south", name: "bob" }).go(), /condition/i);
await Desk.put(Array.from({ length: 30 }, (_, i) => ({ desk: `d${String(i).padStart(2, "0")}`, office: "north", height: i }))).go();
const { data: ada } = await Employee.get({ id: "1" }).go();
assert.deepEqual([ada.salary, ada.skills.toSorted(), ada.history, ada.status], [10, ["a", "b"], [{ at: 1, what: "hired" }], "active"]);

const { data: raised } = await Employee.patch({ id: "1" }).add({ salary: 5, skills: ["c"] }).append({ history: [{ at: 2, what: "raised" }] })
  .where(({ status }, { eq }) => eq(status, "active")).go({ response: "all_new" });
assert.deepEqual([raised.salary, raised.skills.toSorted(), raised.history.length], [15, ["a", "b", "c"], 2]);
await assert.rejects(Employee.patch({ id: "9" }).set({ name: "x" }).go(), /condition/i);
await Employee.upsert({ id: "3", office: "south", name: "cy" }).go();

const { data: office } = await shop.collections.office({ office: "north" }).go({ pages: "all" });
assert.deepEqual([office.employee.length, office.desk.length], [2, 30]);
let cursor = null, desks = [];
do {
  const page = await Desk.query.byOffice({ office: "north" }).go({ cursor, count: 7, order: "desc" });
  desks.push(...page.data.map((d) => d.desk));
  cursor = page.cursor;
} while (cursor);
assert.equal(desks.length, 30);
assert.deepEqual(desks, desks.toSorted().reverse());
const { data: high } = await Desk.query.byOffice({ office: "north" }).where(({ height }, { gte }) => gte(height, 25)).go();
assert.equal(high.length, 5);
const { data: some } = await Desk.get([{ desk: "d01" }, { desk: "d02" }, { desk: "none" }]).go();
assert.equal(some.length, 2);
const result = await shop.transaction.write(({ employee, desk }) => [
  employee.patch({ id: "2" }).set({ status: "gone" }).commit(),
  desk.delete({ desk: "d00" }).commit(),
  employee.check({ id: "1" }).where(({ salary }, { eq }) => eq(salary, 1)).commit(),
]).go();
assert.equal(result.canceled, true);
assert.deepEqual(result.data.map((r) => r.code), ["None", "None", "ConditionalCheckFailed"]);
assert.equal((await Desk.get({ desk: "d00" }).go()).data.height, 0);
assert.equal((await Employee.scan.where(({ name }, { begins }) => begins(name, "a")).go()).data.length, 1);
await Employee.remove({ id: "1" }).go();
assert.equal((await Employee.get({ id: "1" }).go()).data, null);
