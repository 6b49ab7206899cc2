"""Orders over HTTP: POST /CUSTOMER makes one, GET /CUSTOMER lists them, GET, PUT and DELETE /CUSTOMER/ID act on one."""

import json
import os
import uuid
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

table = boto3.resource("dynamodb").Table(os.environ.get("ORDERS", "orders"))


def answer(status, body=None):
    text = "" if body is None else json.dumps(body, default=lambda number: float(number))
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": text}


def handler(event, context):
    method = event["requestContext"]["http"]["method"]
    path = [part for part in event["rawPath"].split("/") if part]
    body = json.loads(event.get("body") or "{}", parse_float=Decimal)
    try:
        match method, path:
            case "POST", [customer]:
                order = {"customer": customer, "id": uuid.uuid4().hex[:12], "item": body["item"], "price": body["price"]}
                table.put_item(Item=order, ConditionExpression=Attr("id").not_exists())
                return answer(201, order)
            case "GET", [customer]:
                return answer(200, table.query(KeyConditionExpression=Key("customer").eq(customer))["Items"])
            case "GET", [customer, order]:
                found = table.get_item(Key={"customer": customer, "id": order}).get("Item")
                return answer(200, found) if found else answer(404, {"error": "no such order"})
            case "PUT", [customer, order]:
                changed = table.update_item(
                    Key={"customer": customer, "id": order}, UpdateExpression="SET price = :p", ConditionExpression=Attr("id").exists(),
                    ExpressionAttributeValues={":p": body["price"]}, ReturnValues="ALL_NEW")
                return answer(200, changed["Attributes"])
            case "DELETE", [customer, order]:
                table.delete_item(Key={"customer": customer, "id": order}, ConditionExpression=Attr("id").exists())
                return answer(204)
            case _:
                return answer(404, {"error": "no such path"})
    except KeyError as missing:
        return answer(400, {"error": f"{missing} is missing"})
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return answer(404, {"error": "no such order"})
        raise
