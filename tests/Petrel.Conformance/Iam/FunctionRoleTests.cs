using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.Iam;

/// <summary>What a function may do from inside its sandbox: what its role allows, and nothing else.</summary>
public sealed class FunctionRoleTests(Daemon daemon)
{
    private const string LambdaTrust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    /// <summary>Calls the platform with the credentials in its environment, signed by hand: the sandbox has no SDK.</summary>
    private const string Caller = """
        import datetime, hashlib, hmac, os, urllib.error, urllib.request

        def sign(key, text):
            return hmac.new(key, text.encode(), hashlib.sha256).digest()

        def handler(event, context):
            endpoint = os.environ["AWS_ENDPOINT_URL"]
            host = endpoint.split("//")[1]
            now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
            token = os.environ["AWS_SESSION_TOKEN"] if event.get("key") is None else None
            key = event.get("key") or os.environ["AWS_ACCESS_KEY_ID"]
            secret = event.get("secret") or os.environ["AWS_SECRET_ACCESS_KEY"]
            names = "host;x-amz-date" + (";x-amz-security-token" if token else "")
            lines = f"host:{host}\nx-amz-date:{now}\n" + (f"x-amz-security-token:{token}\n" if token else "")
            empty = hashlib.sha256(b"").hexdigest()
            path = event.get("path", "/2015-03-31/functions/")
            canonical = f"GET\n{path}\n\n{lines}\n{names}\n{empty}"
            scope = f"{now[:8]}/{os.environ['AWS_REGION']}/lambda/aws4_request"
            text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
            signing = sign(sign(sign(sign(("AWS4" + secret).encode(), now[:8]), os.environ["AWS_REGION"]), "lambda"), "aws4_request")
            signature = hmac.new(signing, text.encode(), hashlib.sha256).hexdigest()
            headers = {"X-Amz-Date": now, "Authorization": f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"}
            if token:
                headers["X-Amz-Security-Token"] = token
            try:
                with urllib.request.urlopen(urllib.request.Request(endpoint + path, headers=headers)) as answer:
                    return {"status": answer.status, "body": answer.read().decode()}
            except urllib.error.HTTPError as failure:
                return {"status": failure.code, "body": failure.read().decode()}
        """;

    private readonly Client _root = daemon.NewBoto();

    [Fact]
    public async Task Call_FromAFunction_FollowsItsRole()
    {
        await _root.CallAsync("iam", "create_role", new { RoleName = "functions", AssumeRolePolicyDocument = LambdaTrust });
        await _root.CreatePythonAsync("f", Caller);
        var denied = await InvokeAsync("{}");
        Assert.Equal(403, denied.GetProperty("status").GetInt32());
        Assert.Contains(
            $"User: arn:aws:sts::{_root.Account}:assumed-role/functions/f is not authorized to perform: lambda:ListFunctions",
            denied.Text("body"),
            StringComparison.Ordinal);

        await _root.CallAsync("iam", "attach_role_policy", new { RoleName = "functions", PolicyArn = "arn:aws:iam::aws:policy/AWSLambda_ReadOnlyAccess" });
        Assert.Equal(200, (await InvokeAsync("{}")).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Call_FromAFunctionWithTheRootKey_IsRefused()
    {
        await _root.CreatePythonAsync("f", Caller);
        Assert.Equal(200, (await InvokeAsync("{}")).GetProperty("status").GetInt32());
        foreach (var key in new[] { "test", _root.Account })
        {
            Assert.Equal(403, (await InvokeAsync($$"""{"key":"{{key}}","secret":"test"}""")).GetProperty("status").GetInt32());
        }
    }

    [Fact]
    public async Task CreateFunction_RoleThatDoesNotTrustLambda_IsRefused()
    {
        await _root.CallAsync("iam", "create_role", new
        {
            RoleName = "functions",
            AssumeRolePolicyDocument = LambdaTrust.Replace("lambda.", "ec2.", StringComparison.Ordinal),
        });
        var refused = await Assert.ThrowsAsync<ClientException>(() => _root.CreatePythonAsync("f", Caller));
        Assert.Equal("InvalidParameterValueException", refused.Code);
        Assert.Equal("The role defined for the function cannot be assumed by Lambda.", refused.Text);
    }

    private async Task<JsonElement> InvokeAsync(string payload)
    {
        var answer = await _root.InvokeAsync("f", payload);
        return JsonDocument.Parse(answer.Text("Payload")!).RootElement;
    }
}
