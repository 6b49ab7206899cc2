using System.Text.Json;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>How the body of an answer stands in what the function returned.</summary>
internal enum UrlBodyKind
{
    None,

    /// <summary>A JSON text: its value is the body.</summary>
    Text,

    /// <summary>Another JSON value: its JSON is the body.</summary>
    Json,
}

/// <summary>Where the parts of an answer stand in the function's payload.</summary>
internal record struct UrlAnswerShape
{
    /// <summary>0 when the function gave none.</summary>
    public int Status { get; set; }

    public Range Headers { get; set; }

    public Range Cookies { get; set; }

    public Range Body { get; set; }

    public UrlBodyKind BodyKind { get; set; }

    public bool Base64 { get; set; }

    /// <summary>Reads the members of the object at which <paramref name="json"/> stands; false when one has a value that it cannot have.</summary>
    public bool TryRead(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryReadMember(ref json))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadMember(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("statusCode"u8))
        {
            json.Read();
            return TryReadStatus(ref json);
        }

        if (json.ValueTextEquals("body"u8))
        {
            json.Read();
            ReadBody(ref json);
        }
        else if (json.ValueTextEquals("headers"u8))
        {
            json.Read();
            Headers = Skip(ref json);
        }
        else if (json.ValueTextEquals("cookies"u8))
        {
            json.Read();
            Cookies = Skip(ref json);
        }
        else if (json.ValueTextEquals("isBase64Encoded"u8))
        {
            json.Read();
            Base64 = json.TokenType == JsonTokenType.True;
            json.Skip();
        }
        else
        {
            json.Read();
            json.Skip();
        }

        return true;
    }

    private bool TryReadStatus(ref Utf8JsonReader json)
    {
        var status = 0;
        var read = json.TokenType switch
        {
            JsonTokenType.Number => json.TryGetInt32(out status),
            JsonTokenType.String => int.TryParse(json.GetString(), out status),
            _ => false,
        };
        Status = status;
        return read && status != 0;
    }

    private void ReadBody(ref Utf8JsonReader json)
    {
        BodyKind = json.TokenType switch
        {
            JsonTokenType.Null => UrlBodyKind.None,
            JsonTokenType.String => UrlBodyKind.Text,
            _ => UrlBodyKind.Json,
        };
        Body = Skip(ref json);
    }

    /// <summary>Steps over a value and says where it stands.</summary>
    private static Range Skip(ref Utf8JsonReader json)
    {
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return new Range(start, (int)json.BytesConsumed);
    }
}
