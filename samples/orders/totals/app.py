"""Fed by the stream of orders: keeps what each customer spent. A change that comes twice counts once, by its number in the stream."""

import os

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError

client = boto3.client("dynamodb")
table = os.environ.get("TOTALS", "totals")
plain = TypeDeserializer()


def price(image):
    return plain.deserialize(image["price"]) if image else 0


def handler(event, context):
    failures = []
    for record in event["Records"]:
        change = record["dynamodb"]
        number = change["SequenceNumber"]
        difference = price(change.get("NewImage")) - price(change.get("OldImage"))
        try:
            client.update_item(
                TableName=table, Key={"customer": change["Keys"]["customer"]},
                UpdateExpression="SET seen = :n ADD spent :d, changes :one",
                ConditionExpression="attribute_not_exists(seen) OR seen < :n",
                ExpressionAttributeValues={":d": {"N": str(difference)}, ":one": {"N": "1"}, ":n": {"N": number}})
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                failures.append({"itemIdentifier": number})
                break
    return {"batchItemFailures": failures}
