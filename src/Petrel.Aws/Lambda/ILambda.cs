using Petrel.Wire;

namespace Petrel.Aws.Lambda;

/// <summary>
/// AWS Lambda: functions, their versions, aliases, layers, permissions and invocations. One file a noun; what stands in
/// <see cref="AwsServiceAttribute.NotImplemented"/> answers 501 by name.
/// </summary>
[AwsService(
    "lambda",
    Protocol.RestJson,
    ApiVersion = "2015-03-31",
    NotImplemented =
    [
        "POST /2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint CheckpointDurableExecution",
        "POST /2025-11-30/capacity-providers CreateCapacityProvider",
        "POST /2020-04-22/code-signing-configs CreateCodeSigningConfig",
        "DELETE /2025-11-30/capacity-providers/{CapacityProviderName} DeleteCapacityProvider",
        "DELETE /2020-04-22/code-signing-configs/{CodeSigningConfigArn} DeleteCodeSigningConfig",
        "DELETE /2020-06-30/functions/{FunctionName}/code-signing-config DeleteFunctionCodeSigningConfig",
        "GET /2025-11-30/capacity-providers/{CapacityProviderName} GetCapacityProvider",
        "GET /2020-04-22/code-signing-configs/{CodeSigningConfigArn} GetCodeSigningConfig",
        "GET /2025-12-01/durable-executions/{DurableExecutionArn} GetDurableExecution",
        "GET /2025-12-01/durable-executions/{DurableExecutionArn}/history GetDurableExecutionHistory",
        "GET /2025-12-01/durable-executions/{DurableExecutionArn}/state GetDurableExecutionState",
        "GET /2025-11-30/functions/{FunctionName}/function-scaling-config GetFunctionScalingConfig",
        "GET /2025-11-30/capacity-providers ListCapacityProviders",
        "GET /2020-04-22/code-signing-configs ListCodeSigningConfigs",
        "GET /2025-12-01/functions/{FunctionName}/durable-executions ListDurableExecutionsByFunction",
        "GET /2025-11-30/capacity-providers/{CapacityProviderName}/function-versions ListFunctionVersionsByCapacityProvider",
        "GET /2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions ListFunctionsByCodeSigningConfig",
        "PUT /2020-06-30/functions/{FunctionName}/code-signing-config PutFunctionCodeSigningConfig",
        "PUT /2025-11-30/functions/{FunctionName}/function-scaling-config PutFunctionScalingConfig",
        "POST /2025-12-01/durable-execution-callbacks/{CallbackId}/fail SendDurableExecutionCallbackFailure",
        "POST /2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat SendDurableExecutionCallbackHeartbeat",
        "POST /2025-12-01/durable-execution-callbacks/{CallbackId}/succeed SendDurableExecutionCallbackSuccess",
        "POST /2025-12-01/durable-executions/{DurableExecutionArn}/stop StopDurableExecution",
        "PUT /2025-11-30/capacity-providers/{CapacityProviderName} UpdateCapacityProvider",
        "PUT /2020-04-22/code-signing-configs/{CodeSigningConfigArn} UpdateCodeSigningConfig",
    ])]
public partial interface ILambda;
