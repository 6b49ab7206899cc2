namespace Petrel.Client;

/// <summary>The little of STS and IAM that a deployment needs.</summary>
internal sealed class RoleClient(ApiClient api)
{
    private const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private const string LogsPolicy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}""";

    /// <summary>The account of the credentials in use.</summary>
    public async Task<string> GetAccountAsync(CancellationToken cancellationToken)
    {
        var answer = await api.QueryAsync("sts", "2011-06-15", "GetCallerIdentity", [], cancellationToken);
        return answer.Descendants().First(e => e.Name.LocalName == "Account").Value;
    }

    public async Task CreateFunctionRoleAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await api.QueryAsync(
                "iam", "2010-05-08", "CreateRole", [new("RoleName", name), new("AssumeRolePolicyDocument", Trust)], cancellationToken);
        }
        catch (ApiException e) when (e.Code is "EntityAlreadyExists" or "EntityAlreadyExistsException")
        {
            // Another deployment made it; the policy below is the same.
        }

        await api.QueryAsync(
            "iam", "2010-05-08", "PutRolePolicy",
            [new("RoleName", name), new("PolicyName", "logs"), new("PolicyDocument", LogsPolicy)], cancellationToken);
    }
}
