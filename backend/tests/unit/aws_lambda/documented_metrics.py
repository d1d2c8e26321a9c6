"""The metrics that AWS documents, each with the sets of dimensions that it is given by: an alarm on others never fires.

Read on 2026-12-01 in:
- Lambda: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
- HTTP APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
- WebSocket APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
- DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
- Cognito: https://docs.aws.amazon.com/cognito/latest/developerguide/metrics-for-cognito-user-pools.html
- SES: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html, and for reputation
  https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
"""

Dimensions = frozenset[str]


def _each(names: str, *dimensions: str) -> dict[str, set[Dimensions]]:
    """Each of these metrics, by each of these sets of dimensions."""
    return {name: {frozenset(it.split()) for it in dimensions} for name in names.split()}


DOCUMENTED: dict[str, dict[str, set[Dimensions]]] = {
    "AWS/Lambda": _each("Invocations Errors Throttles Duration ConcurrentExecutions", "", "FunctionName"),
    "AWS/ApiGateway": _each(
        "4xx 5xx Count Latency IntegrationLatency "  # an HTTP API
        "ConnectCount MessageCount IntegrationError ClientError ExecutionError",  # a WebSocket API
        "ApiId",
        "ApiId Stage",
    ),
    "AWS/DynamoDB": _each(
        "ConsumedReadCapacityUnits ConsumedWriteCapacityUnits ReadThrottleEvents WriteThrottleEvents "
        "TransactionConflict ConditionalCheckFailedRequests",
        "TableName",
    )
    | _each("ThrottledRequests SystemErrors SuccessfulRequestLatency", "TableName Operation")
    | _each("UserErrors", ""),
    "AWS/Cognito": _each(
        "SignInSuccesses SignInThrottles SignUpSuccesses SignUpThrottles TokenRefreshSuccesses TokenRefreshThrottles",
        "UserPool UserPoolClient",
    ),
    "AWS/SES": _each("Send Bounce Complaint Reputation.BounceRate Reputation.ComplaintRate", ""),
}
