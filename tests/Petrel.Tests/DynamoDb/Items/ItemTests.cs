namespace Petrel.Tests.DynamoDb.Items;

public sealed class ItemTests : IAsyncLifetime
{
    private readonly ItemsHost _host = new();

    public async ValueTask InitializeAsync()
    {
        await _host.CreateAsync("one", Schemas.Plain);
        await _host.CreateAsync("two", Schemas.WithText);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task GetItem_AfterPut_IsTheItem()
    {
        Assert.Equal("{}", await _host.AnswerAsync("PutItem", "{'TableName':'one','Item':{'p':{'S':'a'},'n':{'N':'1.50'},'m':{'M':{'x':{'L':[{'BOOL':true}]}}}}}"));
        Assert.Equal(
            "{'Item':{'p':{'S':'a'},'n':{'N':'1.5'},'m':{'M':{'x':{'L':[{'BOOL':true}]}}}}}",
            await _host.AnswerAsync("GetItem", "{'TableName':'one','Key':{'p':{'S':'a'}}}"));
        Assert.Equal(
            "{'Item':{'n':{'N':'1.5'}}}",
            await _host.AnswerAsync("GetItem", "{'TableName':'one','Key':{'p':{'S':'a'}},'ProjectionExpression':'#n','ExpressionAttributeNames':{'#n':'n'}}"));
        Assert.Equal("{'Item':{'n':{'N':'1.5'}}}", await _host.AnswerAsync("GetItem", "{'TableName':'one','Key':{'p':{'S':'a'}},'AttributesToGet':['n','none']}"));
        Assert.Equal("{}", await _host.AnswerAsync("GetItem", "{'TableName':'one','Key':{'p':{'S':'b'}}}"));
    }

    [Fact]
    public async Task GetItem_ByArn_IsTheItem()
    {
        await _host.AnswerAsync("PutItem", "{'TableName':'one','Item':{'p':{'S':'a'}}}");
        Assert.Equal(
            "{'Item':{'p':{'S':'a'}}}",
            await _host.AnswerAsync("GetItem", "{'TableName':'arn:aws:dynamodb:eu-west-1:111122223333:table/one','Key':{'p':{'S':'a'}}}"));
    }

    [Fact]
    public async Task PutItem_OverAnother_ReplacesItAndMayReturnIt()
    {
        await _host.AnswerAsync("PutItem", "{'TableName':'two','Item':{'p':{'S':'a'},'s':{'S':'1'},'x':{'S':'old'}}}");
        Assert.Equal(
            "{'Attributes':{'p':{'S':'a'},'s':{'S':'1'},'x':{'S':'old'}}}",
            await _host.AnswerAsync("PutItem", "{'TableName':'two','Item':{'p':{'S':'a'},'s':{'S':'1'}},'ReturnValues':'ALL_OLD'}"));
        Assert.Equal("{'Item':{'p':{'S':'a'},'s':{'S':'1'}}}", await _host.AnswerAsync("GetItem", "{'TableName':'two','Key':{'p':{'S':'a'},'s':{'S':'1'}}}"));
    }

    [Fact]
    public async Task PutItem_ConditionFails_ChangesNothingAndSaysTheItem()
    {
        await _host.AnswerAsync("PutItem", "{'TableName':'one','Item':{'p':{'S':'a'},'v':{'N':'1'}}}");
        const string Put = "{'TableName':'one','Item':{'p':{'S':'a'},'v':{'N':'2'}},'ConditionExpression':'attribute_not_exists(p)'";
        Assert.Equal("ConditionalCheckFailedException: The conditional request failed", await _host.ErrorAsync("PutItem", Put + "}"));
        var failed = await _host.AskAsync("PutItem", (Put + ",'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}").Replace('\'', '"'));
        Assert.Equal("1", (string?)failed["Item"]!["v"]!["N"]);
        Assert.Equal("{'Item':{'v':{'N':'1'}}}", await _host.AnswerAsync("GetItem", "{'TableName':'one','Key':{'p':{'S':'a'}},'ProjectionExpression':'v'}"));
    }

    [Theory]
    [InlineData("NONE", null)]
    [InlineData("ALL_OLD", "{'p':{'S':'a'},'n':{'N':'1'},'t':{'S':'x'}}")]
    [InlineData("ALL_NEW", "{'p':{'S':'a'},'n':{'N':'3'},'t':{'S':'x'},'u':{'S':'y'}}")]
    [InlineData("UPDATED_OLD", "{'n':{'N':'1'}}")]
    [InlineData("UPDATED_NEW", "{'n':{'N':'3'},'u':{'S':'y'}}")]
    public async Task UpdateItem_ReturnValues_AreAsAsked(string asked, string? attributes)
    {
        await _host.AnswerAsync("PutItem", "{'TableName':'one','Item':{'p':{'S':'a'},'n':{'N':'1'},'t':{'S':'x'}}}");
        var answer = await _host.AnswerAsync(
            "UpdateItem",
            "{'TableName':'one','Key':{'p':{'S':'a'}},'UpdateExpression':'SET n = n + :two, u = :u',"
            + "'ExpressionAttributeValues':{':two':{'N':'2'},':u':{'S':'y'}},'ReturnValues':'" + asked + "'}");
        Assert.Equal(attributes is null ? "{}" : $"{{'Attributes':{attributes}}}", answer);
    }

    [Fact]
    public async Task UpdateItem_OfNothing_MakesTheItem()
    {
        Assert.Equal(
            "{'Attributes':{'p':{'S':'new'},'c':{'N':'5'}}}",
            await _host.AnswerAsync(
                "UpdateItem",
                "{'TableName':'one','Key':{'p':{'S':'new'}},'UpdateExpression':'ADD c :five','ExpressionAttributeValues':{':five':{'N':'5'}},'ReturnValues':'ALL_NEW'}"));
        Assert.Equal("{}", await _host.AnswerAsync("UpdateItem", "{'TableName':'one','Key':{'p':{'S':'bare'}}}"));
        Assert.Equal("{'Item':{'p':{'S':'bare'}}}", await _host.AnswerAsync("GetItem", "{'TableName':'one','Key':{'p':{'S':'bare'}}}"));
    }

    [Fact]
    public async Task UpdateItem_ThatOnlyRemovesFromNothing_MakesNoItem()
    {
        const string Remove = "{'TableName':'one','Key':{'p':{'S':'gone'}},'UpdateExpression':'REMOVE x','ReturnValues':'ALL_NEW'}";
        Assert.Equal("{}", await _host.AnswerAsync("UpdateItem", Remove));
        Assert.Equal("{}", await _host.AnswerAsync("GetItem", "{'TableName':'one','Key':{'p':{'S':'gone'}}}"));
    }

    [Fact]
    public async Task UpdateItem_BeforeExpressions_ChangesWhatItNames()
    {
        await _host.AnswerAsync("PutItem", "{'TableName':'one','Item':{'p':{'S':'a'},'n':{'N':'1'},'t':{'S':'x'}}}");
        Assert.Equal(
            "{'Attributes':{'p':{'S':'a'},'n':{'N':'3'}}}",
            await _host.AnswerAsync(
                "UpdateItem",
                "{'TableName':'one','Key':{'p':{'S':'a'}},'AttributeUpdates':{'n':{'Action':'ADD','Value':{'N':'2'}},'t':{'Action':'DELETE'}},"
                + "'Expected':{'n':{'ComparisonOperator':'EQ','AttributeValueList':[{'N':'1'}]}},'ReturnValues':'ALL_NEW'}"));
        Assert.Equal(
            "ConditionalCheckFailedException: The conditional request failed",
            await _host.ErrorAsync("DeleteItem", "{'TableName':'one','Key':{'p':{'S':'a'}},'Expected':{'n':{'Exists':false}}}"));
    }

    [Fact]
    public async Task DeleteItem_Twice_SucceedsAndReturnsItOnce()
    {
        await _host.AnswerAsync("PutItem", "{'TableName':'one','Item':{'p':{'S':'a'}}}");
        const string Delete = "{'TableName':'one','Key':{'p':{'S':'a'}},'ReturnValues':'ALL_OLD'}";
        Assert.Equal("{'Attributes':{'p':{'S':'a'}}}", await _host.AnswerAsync("DeleteItem", Delete));
        Assert.Equal("{}", await _host.AnswerAsync("DeleteItem", Delete));
    }

    [Theory]
    [InlineData("{}", "2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null; Value null at 'key' failed to satisfy constraint: Member must not be null")]
    [InlineData("{'TableName':'two','Key':{}}", "The provided key element does not match the schema")]
    [InlineData("{'TableName':'two','Key':{'p':{'S':'a'}}}", "The provided key element does not match the schema")]
    [InlineData("{'TableName':'two','Key':{'p':{'S':'a'},'x':{'S':'a'}}}", "The provided key element does not match the schema")]
    [InlineData("{'TableName':'two','Key':{'p':{'S':'a'},'s':{'N':'1'}}}", "The provided key element does not match the schema")]
    [InlineData("{'TableName':'two','Key':{'p':{'S':'a'},'s':{'S':'1'},'x':{'S':''}}}", "The provided key element does not match the schema")]
    [InlineData("{'TableName':'two','Key':{'p':{'S':''},'s':{'S':'1'}}}", "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: p")]
    [InlineData("{'TableName':'two','Key':{'p':{}}}", "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")]
    [InlineData("{'TableName':'two','Key':{'p':{'N':'b'}}}", "The parameter cannot be converted to a numeric value: b")]
    [InlineData("{'TableName':'two','Key':{'p':{'S':'a'}},'AttributesToGet':['a','a']}", "One or more parameter values were invalid: Duplicate value in attribute name: a")]
    [InlineData("{'TableName':'two','Key':{'p':{'S':'a'}},'AttributesToGet':['a'],'ProjectionExpression':'b'}", "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}")]
    [InlineData("{'TableName':'two','Key':{'p':{'S':'a'}},'ExpressionAttributeNames':{'#a':'a'}}", "ExpressionAttributeNames can only be specified when using expressions")]
    public async Task GetItem_Invalid_SaysWhy(string request, string message) =>
        Assert.Equal($"ValidationException: {message}", (await _host.ErrorAsync("GetItem", request)).Replace('"', '\''));

    [Theory]
    [InlineData("'x':{'S':'a'}", "One or more parameter values were invalid: Missing the key p in the item")]
    [InlineData("'p':{'N':'1'},'s':{'S':'1'}", "One or more parameter values were invalid: Type mismatch for key p expected: S actual: N")]
    [InlineData("'p':{'S':'a'},'s':{'S':''}", "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: s")]
    [InlineData("'p':{'S':'a'},'s':{'S':'1'},'x':{'SS':[]}", "One or more parameter values were invalid: An string set  may not be empty")]
    public async Task PutItem_Invalid_SaysWhy(string item, string message) =>
        Assert.Equal($"ValidationException: {message}", await _host.ErrorAsync("PutItem", "{'TableName':'two','Item':{" + item + "}}"));

    [Fact]
    public async Task PutItem_OfUnknownTable_IsNotFound()
    {
        Assert.Equal(
            "ResourceNotFoundException: Requested resource not found",
            await _host.ErrorAsync("PutItem", "{'TableName':'none','Item':{'p':{'S':'a'}}}"));
    }

    [Fact]
    public async Task PutItem_TooLarge_IsRefused()
    {
        var text = new string('x', (400 * 1024) - 3);
        await _host.AnswerAsync("PutItem", "{'TableName':'one','Item':{'p':{'S':'a'},'x':{'S':'" + text + "'}}}");
        Assert.Equal(
            "ValidationException: Item size has exceeded the maximum allowed size",
            await _host.ErrorAsync("PutItem", "{'TableName':'one','Item':{'p':{'S':'a'},'x':{'S':'" + text + "x'}}}"));
        Assert.Equal(
            "ValidationException: Item size to update has exceeded the maximum allowed size",
            await _host.ErrorAsync(
                "UpdateItem",
                "{'TableName':'one','Key':{'p':{'S':'a'}},'UpdateExpression':'SET y = :y','ExpressionAttributeValues':{':y':{'S':'y'}}}"));
    }

    [Fact]
    public async Task KeysThatAreTooLong_AreRefused()
    {
        var message = "ValidationException: One or more parameter values were invalid: ";
        Assert.Equal(
            message + "Size of hashkey has exceeded the maximum size limit of2048 bytes",
            await _host.ErrorAsync("GetItem", "{'TableName':'one','Key':{'p':{'S':'" + new string('k', 2_049) + "'}}}"));
        Assert.Equal(
            message + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
            await _host.ErrorAsync("GetItem", "{'TableName':'two','Key':{'p':{'S':'a'},'s':{'S':'" + new string('k', 1_025) + "'}}}"));
        await _host.AnswerAsync("PutItem", "{'TableName':'two','Item':{'p':{'S':'" + new string('k', 2_048) + "'},'s':{'S':'" + new string('k', 1_024) + "'}}}");
    }

    [Fact]
    public async Task UpdateItem_OfAKey_IsRefused() => Assert.Equal(
        "ValidationException: One or more parameter values were invalid: Cannot update attribute p. This attribute is part of the key",
        await _host.ErrorAsync(
            "UpdateItem",
            "{'TableName':'one','Key':{'p':{'S':'a'}},'UpdateExpression':'SET p = :p','ExpressionAttributeValues':{':p':{'S':'b'}}}"));
}
