using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.DynamoDb;
using Petrel.Aws.Iam;
using Petrel.Server.Edge;
using Petrel.Server.Security;
using Petrel.Server.Services.DynamoDb;
using Petrel.Server.Services.Iam;
using Petrel.Server.Services.Sts;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Testing;
using Petrel.Tests.Iam;
using Petrel.Wire;
using Petrel.Wire.Operations;

namespace Petrel.Tests.DynamoDb.Tables;

/// <summary>Step 6 for tables: what policies of users and of tables allow.</summary>
public sealed class TableAccessTests
{
    private const string Arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/abc";

    [Fact]
    public async Task Authorize_Index_IsAResourceOfItsOwn()
    {
        await using var host = new AccessHost();
        var user = await host.CreateUserAsync(IdentityHost.Allow("dynamodb:Query", Arn));
        await host.AllowedAsync(user, Query());
        await host.DeniedAsync(user, Query() with { IndexName = "byv" });
        var other = await host.CreateUserAsync(IdentityHost.Allow("dynamodb:Query", Arn + "/index/*"));
        await host.DeniedAsync(other, Query());
        await host.AllowedAsync(other, Query() with { IndexName = "byv" });
    }

    [Fact]
    public async Task Authorize_LeadingKeys_KeepUsersApart()
    {
        await using var host = new AccessHost();
        var user = await host.CreateUserAsync($$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"{{Arn}}",
             "Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["mine"]} } }]}
            """);
        await host.AllowedAsync(user, new GetItemRequest("abc", Key("mine")));
        await host.DeniedAsync(user, new GetItemRequest("abc", Key("yours")));
        await host.AllowedAsync(user, new PutItemRequest("abc", Key("mine")));
        await host.DeniedAsync(user, new PutItemRequest("abc", Key("yours")));
        await host.AllowedAsync(user, Query("mine"));
        await host.DeniedAsync(user, Query("yours"));
        await host.DeniedAsync(user, new GetItemRequest(Arn, Key("yours")));
        await host.Get<IDynamoDb>().BatchGetItem(Batch("mine"), host.CallOf(user));
        await Assert.ThrowsAnyAsync<ServiceException>(() => host.Get<IDynamoDb>().BatchGetItem(Batch("yours"), host.CallOf(user)));
    }

    [Theory]
    [InlineData("SELECT * FROM abc WHERE id = 'WHOSE'")]
    [InlineData("SELECT * FROM abc.byv WHERE id = 'WHOSE'")]
    [InlineData("INSERT INTO abc VALUE {'id': 'WHOSE'}")]
    [InlineData("UPDATE abc SET n = 1 WHERE id = 'WHOSE'")]
    [InlineData("DELETE FROM abc WHERE id = 'WHOSE'")]
    public async Task Authorize_LeadingKeysOfAStatement_KeepUsersApart(string statement)
    {
        await using var host = new AccessHost();
        var user = await host.CreateUserAsync($$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:PartiQL*","Resource":"{{Arn}}*",
             "Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["mine"]} } }]}
            """);
        Assert.NotEqual("AccessDeniedException", await RunAsync("mine"));
        Assert.Equal("AccessDeniedException", await RunAsync("yours"));

        async Task<string?> RunAsync(string whose)
        {
            var request = new ExecuteStatementRequest(statement.Replace("WHOSE", whose, StringComparison.Ordinal));
            try
            {
                await host.Get<IDynamoDb>().ExecuteStatement(request, host.CallOf(user));
                return null;
            }
            catch (ServiceException refused)
            {
                return refused.Code;
            }
        }
    }

    [Fact]
    public async Task Authorize_ResourcePolicy_OpensAndCloses()
    {
        await using var host = new AccessHost();
        var user = await host.CreateUserAsync(null);
        await host.DeniedAsync(user, new GetItemRequest("abc", Key("one")));
        await host.PutPolicyAsync("Allow", user);
        await host.AllowedAsync(user, new GetItemRequest("abc", Key("one")));
        await host.DeniedAsync(user, new PutItemRequest("abc", Key("one")));
        await host.PutPolicyAsync("Deny", user);
        await host.DeniedAsync(user, new GetItemRequest("abc", Key("one")));
        await host.Get<IDynamoDb>().DeleteResourcePolicy(new DeleteResourcePolicyRequest(Arn), host.Root);
        await host.DeniedAsync(user, new GetItemRequest("abc", Key("one")));
    }

    [Fact]
    public async Task Authorize_Restore_AsksForSourceAndTarget()
    {
        await using var host = new AccessHost();
        var source = await host.CreateUserAsync(IdentityHost.Allow("dynamodb:*", Arn));
        var target = await host.CreateUserAsync(IdentityHost.Allow("dynamodb:*", Arn.Replace("abc", "copy", StringComparison.Ordinal)));
        var request = new RestoreTableToPointInTimeRequest("copy", SourceTableName: "abc", UseLatestRestorableTime: true);
        await host.DeniedAsync(target, request);
        await host.AllowedAsync(source, request);
        var refused = await Assert.ThrowsAnyAsync<ServiceException>(() => host.Get<IDynamoDb>().RestoreTableToPointInTime(request, host.CallOf(source)));
        Assert.Equal("AccessDeniedException", refused.Code);
    }

    private static QueryRequest Query(string partition = "one") => new("abc")
    {
        KeyConditionExpression = "id = :id",
        ExpressionAttributeValues = Map(":id", partition),
    };

    private static AttributeMap Key(string id) => Map("id", id);

    private static AttributeMap Map(string name, string value)
    {
        var map = new AttributeMapBuilder(1);
        map.Set(name, AttributeValue.Of(value));
        return map.Build();
    }

    private static BatchGetItemRequest Batch(string id) => new(new Dictionary<string, KeysAndAttributes> { ["abc"] = new([Key(id)]) });

    /// <summary>IAM and tables in process, with the edge's own step between them.</summary>
    private sealed class AccessHost : IAsyncDisposable
    {
        private static readonly ServiceTable Service = new(typeof(IDynamoDb));

        private readonly ServiceProvider _services;
        private int _users;

        public AccessHost()
        {
            var (store, clock) = (new MemoryStore(), new ManualClock());
            _services = new ServiceCollection()
                .AddLogging()
                .AddSingleton(new PetrelOptions { Storage = new StorageOptions { Engine = "memory", Data = Path.Combine(Path.GetTempPath(), "petrel-no-keys-here") } })
                .AddSingleton<TimeProvider>(clock)
                .AddSingleton<IIdSource, SystemIdSource>()
                .AddSingleton<IStore>(store)
                .AddSingleton(new EventLog(store, clock))
                .AddPetrelSecurity()
                .AddSingleton(new InstallationKeys(false))
                .AddIam()
                .AddSts()
                .AddDynamoDb()
                .AddSingleton<AccessStep>()
                .BuildServiceProvider();
            Get<IDynamoDb>().CreateTable(
                new CreateTableRequest(
                    [new AttributeDefinition("id", "S")],
                    [new KeySchemaElement("id", "HASH")],
                    "abc",
                    BillingMode: "PAY_PER_REQUEST",
                    GlobalSecondaryIndexes: [new GlobalSecondaryIndex("byv", [new KeySchemaElement("id", "HASH")], new IndexProjection("ALL"))]),
                Root).GetAwaiter().GetResult();
        }

        public CallContext Root { get; } = IdentityHost.CallOf(Principal.Root(IdentityHost.Account));

        public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

        public CallContext CallOf(Principal user) => IdentityHost.CallOf(user);

        public async Task<Principal> CreateUserAsync(string? policy)
        {
            var name = $"user{_users++}";
            await Get<IIam>().CreateUser(new CreateUserRequest(name), Root);
            if (policy is not null)
            {
                await Get<IIam>().PutUserPolicy(new PutUserPolicyRequest(name, "policy", policy), Root);
            }

            var key = (await Get<IIam>().CreateAccessKey(new CreateAccessKeyRequest(name), Root)).AccessKey;
            return (await Get<ICredentialSource>().FindAsync(key.AccessKeyId, null, new RequestOrigin(null, Loopback: true), CancellationToken.None))!.Principal;
        }

        public Task PutPolicyAsync(string effect, Principal user) => Get<IDynamoDb>().PutResourcePolicy(
            new PutResourcePolicyRequest(
                Arn,
                $$"""{"Version":"2012-10-17","Statement":[{"Effect":"{{effect}}","Principal":{"AWS":"{{user.Arn}}"},"Action":"dynamodb:GetItem","Resource":"{{Arn}}"}]}"""),
            Root);

        public Task AllowedAsync(Principal user, object request) => AuthorizeAsync(user, request);

        public async Task DeniedAsync(Principal user, object request) =>
            Assert.Equal("AccessDeniedException", (await Assert.ThrowsAnyAsync<ServiceException>(() => AuthorizeAsync(user, request))).Code);

        public ValueTask DisposeAsync() => _services.DisposeAsync();

        private Task AuthorizeAsync(Principal user, object request)
        {
            var operation = Service.Find(request.GetType().Name.Replace("Request", "", StringComparison.Ordinal))!;
            return Get<AccessStep>().AuthorizeAsync(operation, request, CallOf(user)).AsTask();
        }
    }
}
