// dynamodb-toolbox: schemas, and commands that are built from them.
import assert from "node:assert/strict";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as box from "dynamodb-toolbox";
import { execute } from "dynamodb-toolbox/entity/actions/transactWrite";
import { configuration, fails } from "./clients.mjs";

const documentClient = DynamoDBDocumentClient.from(new DynamoDBClient(configuration));
await documentClient.send(new CreateTableCommand({
  TableName: "pokemons",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }, { AttributeName: "sk", AttributeType: "N" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }],
}));
const table = new box.Table({ name: "pokemons", documentClient, partitionKey: { name: "pk", type: "string" }, sortKey: { name: "sk", type: "number" } });
const pokemon = new box.Entity({
  name: "Pokemon",
  table,
  schema: box.item({
    kind: box.string().key().savedAs("pk"),
    level: box.number().key().savedAs("sk"),
    name: box.string(),
    weight: box.number().optional(),
    moves: box.set(box.string()).optional(),
    stats: box.map({ hp: box.number(), extra: box.list(box.string()).optional() }).optional(),
  }),
});
await pokemon.build(box.PutItemCommand).item({ kind: "fire", level: 1, name: "a", moves: new Set(["x"]), stats: { hp: 3, extra: ["q"] } }).send();
const { Item } = await pokemon.build(box.GetItemCommand).key({ kind: "fire", level: 1 }).options({ consistent: true }).send();
assert.deepEqual([Item.name, [...Item.moves], Item.stats, Item.entity], ["a", ["x"], { hp: 3, extra: ["q"] }, undefined]);
await fails("ConditionalCheckFailedException", () => pokemon.build(box.PutItemCommand).item({ kind: "fire", level: 1, name: "b" }).options({ condition: { attr: "kind", exists: false } }).send());
const { Attributes } = await pokemon.build(box.UpdateItemCommand)
  .item({ kind: "fire", level: 1, weight: box.$add(2), moves: box.$add(new Set(["y"])), stats: { hp: box.$sum(box.$get("stats.hp"), 4), extra: box.$append(["r"]) } })
  .options({ returnValues: "ALL_NEW" }).send();
assert.deepEqual([Attributes.weight, [...Attributes.moves].sort(), Attributes.stats], [2, ["x", "y"], { hp: 7, extra: ["q", "r"] }]);
for (let level = 2; level < 12; level++) await pokemon.build(box.PutItemCommand).item({ kind: "fire", level, name: `n${level}` }).send();
const { Items } = await table.build(box.QueryCommand).entities(pokemon).query({ partition: "fire", range: { gte: 5 } })
  .options({ filters: { Pokemon: { attr: "name", ne: "n7" } }, reverse: true, limit: 4 }).send();
assert.deepEqual(Items.map((i) => i.level), [11, 10, 9, 8]);
const scanned = await table.build(box.ScanCommand).entities(pokemon).options({ maxPages: Infinity, limit: 3 }).send();
assert.equal(scanned.Items.length, 11);
await execute(
  pokemon.build(box.PutTransaction).item({ kind: "water", level: 1, name: "w" }),
  pokemon.build(box.DeleteTransaction).key({ kind: "fire", level: 2 }),
  pokemon.build(box.ConditionCheck).key({ kind: "fire", level: 1 }).condition({ attr: "name", eq: "a" }));
assert.equal((await pokemon.build(box.GetItemCommand).key({ kind: "fire", level: 2 }).send()).Item, undefined);
await pokemon.build(box.DeleteItemCommand).key({ kind: "water", level: 1 }).send();
