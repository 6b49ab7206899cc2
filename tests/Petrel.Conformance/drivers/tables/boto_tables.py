"""boto3 with tables: resources, clients, conditions, batches, paginators, waiters. Ends with 0 when all that it knows holds.

Called with the daemon's URL and an account.
"""
import decimal
import sys

import boto3
import botocore.config
import botocore.exceptions
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary

ENDPOINT, ACCOUNT = sys.argv[1:3]
session = boto3.session.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="test", region_name="us-east-1")
config = botocore.config.Config(retries={"total_max_attempts": 1})
client = session.client("dynamodb", endpoint_url=ENDPOINT, config=config)
resource = session.resource("dynamodb", endpoint_url=ENDPOINT, config=config)


def fails(code, call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return error.response
    raise AssertionError(f"expected {code}")


def tables():
    table = resource.create_table(
        TableName="games", BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 400, "WriteCapacityUnits": 400},
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in (("player", "S"), ("at", "N"), ("game", "S"), ("score", "N"))],
        KeySchema=[{"AttributeName": "player", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        LocalSecondaryIndexes=[{"IndexName": "byScore", "Projection": {"ProjectionType": "KEYS_ONLY"},
                                "KeySchema": [{"AttributeName": "player", "KeyType": "HASH"}, {"AttributeName": "score", "KeyType": "RANGE"}]}],
        GlobalSecondaryIndexes=[{"IndexName": "byGame", "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
                                 "ProvisionedThroughput": {"ReadCapacityUnits": 400, "WriteCapacityUnits": 400},
                                 "KeySchema": [{"AttributeName": "game", "KeyType": "HASH"}, {"AttributeName": "score", "KeyType": "RANGE"}]}])
    table.wait_until_exists()
    table.reload()
    assert table.table_status == "ACTIVE" and table.item_count == 0 and table.creation_date_time.year > 2000
    assert table.table_arn == f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/games"
    assert [i["IndexName"] for i in table.local_secondary_indexes] == ["byScore"]
    assert table.key_schema[1] == {"AttributeName": "at", "KeyType": "RANGE"}
    assert [t.name for t in resource.tables.all()] == ["games"]
    return table


def items(table):
    item = {"player": "ada", "at": decimal.Decimal("1.5"), "none": None, "yes": True, "words": {"a", "b"}, "numbers": {decimal.Decimal(1), decimal.Decimal("2.5")},
            "bytes": Binary(b"\x00\xff"), "parts": {Binary(b"a"), Binary(b"b")}, "list": [1, "x", {"deep": []}], "map": {"k": {"l": "v"}}, "": "", "empty": ""}
    del item[""]
    table.put_item(Item=item)
    assert table.get_item(Key={"player": "ada", "at": decimal.Decimal("1.50")}, ConsistentRead=True)["Item"] == item
    assert "Item" not in table.get_item(Key={"player": "ada", "at": 2})
    old = table.put_item(Item={"player": "ada", "at": decimal.Decimal("1.5"), "score": 7}, ReturnValues="ALL_OLD")["Attributes"]
    assert old == item
    changed = table.update_item(
        Key={"player": "ada", "at": decimal.Decimal("1.5")}, UpdateExpression="SET score = score + :n, note = :t", ConditionExpression=Attr("score").between(7, 8) & ~Attr("note").exists(),
        ExpressionAttributeValues={":n": 3, ":t": "x"}, ReturnValues="UPDATED_NEW")["Attributes"]
    assert changed == {"score": 10, "note": "x"}
    fails("ConditionalCheckFailedException", table.put_item, Item={"player": "ada", "at": decimal.Decimal("1.5")}, ConditionExpression=Attr("player").not_exists())
    assert table.delete_item(Key={"player": "ada", "at": decimal.Decimal("1.5")}, ReturnValues="ALL_OLD")["Attributes"]["score"] == 10
    assert "Attributes" not in table.delete_item(Key={"player": "ada", "at": decimal.Decimal("1.5")}, ReturnValues="ALL_OLD")
    legacy = table.update_item(Key={"player": "old", "at": 1}, AttributeUpdates={"n": {"Action": "ADD", "Value": 2}}, Expected={"n": {"Exists": False}}, ReturnValues="ALL_NEW")
    assert legacy["Attributes"]["n"] == 2
    table.delete_item(Key={"player": "old", "at": 1})


def queries(table):
    with table.batch_writer(overwrite_by_pkeys=["player", "at"]) as batch:
        for i in range(130):
            batch.put_item(Item={"player": f"p{i % 2}", "at": i // 2, "score": (i * 37) % 101, "game": "go" if i % 3 else "chess", "note": f"n{i}", "pad": "x" * 4000})
        batch.put_item(Item={"player": "p0", "at": 0, "score": 1, "game": "go"})
        batch.delete_item(Key={"player": "p1", "at": 64})
    answer = table.query(KeyConditionExpression=Key("player").eq("p0") & Key("at").between(10, 20), FilterExpression=Attr("game").eq("go"), ProjectionExpression="#a, score", ExpressionAttributeNames={"#a": "at"})
    assert answer["ScannedCount"] == 11 and answer["Count"] == len(answer["Items"]) and all(set(i) == {"at", "score"} for i in answer["Items"])
    scores = [i["score"] for i in table.query(IndexName="byScore", KeyConditionExpression=Key("player").eq("p1") & Key("score").gte(50), ScanIndexForward=False)["Items"]]
    assert scores == sorted(scores, reverse=True) and len(scores) > 10
    index = table.query(IndexName="byGame", KeyConditionExpression=Key("game").eq("chess"), Limit=5)
    assert all(set(i) == {"player", "at", "game", "score", "note"} for i in index["Items"]) and set(index["LastEvaluatedKey"]) == {"player", "at", "game", "score"}
    full = table.query(IndexName="byScore", KeyConditionExpression=Key("player").eq("p1"), Select="ALL_ATTRIBUTES", Limit=2)["Items"]
    assert all("pad" in i for i in full)
    pages = list(client.get_paginator("query").paginate(
        TableName="games", KeyConditionExpression="player = :p", ExpressionAttributeValues={":p": {"S": "p0"}}, PaginationConfig={"PageSize": 10}))
    assert len(pages) == 7 and sum(p["Count"] for p in pages) == 65
    parts = [p for s in range(4) for p in client.get_paginator("scan").paginate(TableName="games", TotalSegments=4, Segment=s)]
    keys = [(i["player"]["S"], i["at"]["N"]) for p in parts for i in p["Items"]]
    assert len(keys) == len(set(keys)) == 129, len(keys)
    got = resource.batch_get_item(RequestItems={"games": {"Keys": [{"player": "p0", "at": i} for i in range(100)], "ProjectionExpression": "player, score"}}, ReturnConsumedCapacity="TOTAL")
    assert len(got["Responses"]["games"]) == 65 and got["UnprocessedKeys"] == {} and got["ConsumedCapacity"][0]["TableName"] == "games"


def transactions():
    put = {"Put": {"TableName": "games", "Item": {"player": {"S": "t"}, "at": {"N": "1"}}, "ConditionExpression": "attribute_not_exists(player)"}}
    client.transact_write_items(TransactItems=[put, {"Delete": {"TableName": "games", "Key": {"player": {"S": "p0"}, "at": {"N": "1"}}}}])
    failure = fails("TransactionCanceledException", client.transact_write_items, TransactItems=[
        {"Update": {"TableName": "games", "Key": {"player": {"S": "p0"}, "at": {"N": "2"}}, "UpdateExpression": "REMOVE score"}},
        {"Put": {**put["Put"], "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}])
    assert [r["Code"] for r in failure["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]
    assert failure["CancellationReasons"][1]["Item"] == {"player": {"S": "t"}, "at": {"N": "1"}}
    assert failure["Error"]["Message"] == "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]"
    assert "score" in client.get_item(TableName="games", Key={"player": {"S": "p0"}, "at": {"N": "2"}})["Item"]
    got = client.transact_get_items(TransactItems=[{"Get": {"TableName": "games", "Key": {"player": {"S": p}, "at": {"N": "1"}}}} for p in ("t", "p0")])
    assert "Item" in got["Responses"][0] and "Item" not in got["Responses"][1]
    fails("ValidationException", client.transact_write_items, TransactItems=[put, put])
    token = {"ClientRequestToken": "t-1", "TransactItems": [{"Update": {"TableName": "games", "Key": {"player": {"S": "t"}, "at": {"N": "2"}}, "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}}]}
    client.transact_write_items(**token)
    client.transact_write_items(**token)
    assert client.get_item(TableName="games", Key={"player": {"S": "t"}, "at": {"N": "2"}})["Item"]["n"] == {"N": "1"}
    fails("IdempotentParameterMismatchException", client.transact_write_items, ClientRequestToken="t-1", TransactItems=[put])


def statements():
    client.execute_statement(Statement="INSERT INTO games VALUE {'player': 'sql', 'at': 1, 'score': 5, 'tags': <<'a', 'b'>>}")
    fails("DuplicateItemException", client.execute_statement, Statement="INSERT INTO games VALUE {'player': 'sql', 'at': 1}")
    client.execute_statement(Statement='UPDATE games SET score = score + ? WHERE player = ? AND "at" = ?', Parameters=[{"N": "2"}, {"S": "sql"}, {"N": "1"}])
    rows = client.execute_statement(Statement="SELECT score, tags FROM games WHERE player = 'sql' AND score > 6")["Items"]
    assert rows == [{"score": {"N": "7"}, "tags": {"SS": ["a", "b"]}}], rows
    batch = client.batch_execute_statement(Statements=[{"Statement": 'SELECT * FROM games WHERE player = \'sql\' AND "at" = 1'}, {"Statement": "SELECT * FROM nosuch WHERE a = 'b'"}])["Responses"]
    assert batch[0]["Item"]["score"] == {"N": "7"} and batch[1]["Error"]["Code"] == "ResourceNotFound", batch
    client.execute_transaction(TransactStatements=[{"Statement": 'DELETE FROM games WHERE player = \'sql\' AND "at" = 1'}, {"Statement": "INSERT INTO games VALUE {'player': 'sql', 'at': 2}"}])
    assert client.execute_statement(Statement='SELECT "at" FROM games WHERE player = \'sql\'')["Items"] == [{"at": {"N": "2"}}]


def management(table):
    client.update_time_to_live(TableName="games", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    assert client.describe_time_to_live(TableName="games")["TimeToLiveDescription"]["AttributeName"] == "expires"
    client.tag_resource(ResourceArn=table.table_arn, Tags=[{"Key": "a", "Value": "b"}])
    assert client.list_tags_of_resource(ResourceArn=table.table_arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    client.untag_resource(ResourceArn=table.table_arn, TagKeys=["a"])
    assert client.describe_limits()["AccountMaxReadCapacityUnits"] > 0
    assert client.describe_endpoints()["Endpoints"]
    client.update_table(TableName="games", BillingMode="PAY_PER_REQUEST", DeletionProtectionEnabled=True)
    client.get_waiter("table_exists").wait(TableName="games", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    fails("ValidationException", table.delete)
    client.update_table(TableName="games", DeletionProtectionEnabled=False, AttributeDefinitions=[{"AttributeName": "note", "AttributeType": "S"}], GlobalSecondaryIndexUpdates=[
        {"Create": {"IndexName": "byNote", "KeySchema": [{"AttributeName": "note", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}}])
    while any(i["IndexStatus"] != "ACTIVE" for i in client.describe_table(TableName="games")["Table"]["GlobalSecondaryIndexes"]):
        pass
    assert table.query(IndexName="byNote", KeyConditionExpression=Key("note").eq("n7"))["Count"] == 1
    client.update_table(TableName="games", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "byNote"}}])
    backup = client.create_backup(TableName="games", BackupName="first")["BackupDetails"]["BackupArn"]
    while client.describe_backup(BackupArn=backup)["BackupDescription"]["BackupDetails"]["BackupStatus"] != "AVAILABLE":
        pass
    table.delete_item(Key={"player": "p0", "at": 5})
    client.restore_table_from_backup(TargetTableName="restored", BackupArn=backup)
    client.get_waiter("table_exists").wait(TableName="restored", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    assert "Item" in client.get_item(TableName="restored", Key={"player": {"S": "p0"}, "at": {"N": "5"}})
    client.update_continuous_backups(TableName="games", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    assert client.describe_continuous_backups(TableName="games")["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    table.delete()
    table.wait_until_not_exists()
    fails("ResourceNotFoundException", table.load)


STEPS = sys.argv[3:] or ["items", "queries", "transactions", "statements", "management"]
games = tables()
for step in STEPS:
    function = globals()[step]
    function(games) if function.__code__.co_argcount else function()
    print(step, "holds", flush=True)
