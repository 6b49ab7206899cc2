using System.Text;
using Petrel.Wire.Protocols;
using Petrel.Wire.Rest;

namespace Petrel.Wire.Signing;

/// <summary>The query's line of a canonical request: each name and value encoded anew, sorted by name and then value.</summary>
internal static class CanonicalQuery
{
    public static void Write(PooledBuffer output, ReadOnlySpan<char> rawQuery, bool omitsToken)
    {
        if (rawQuery.IsEmpty)
        {
            return;
        }

        var parameters = new List<(string Name, string Value)>();
        var text = new StringBuilder();
        var reader = new QueryReader(rawQuery);
        while (reader.Next())
        {
            var isLeftOut = reader.RawName is "X-Amz-Signature" || (omitsToken && reader.RawName is "X-Amz-Security-Token");
            if (!isLeftOut)
            {
                parameters.Add((Encode(text, reader.RawName), Encode(text, reader.RawValue)));
            }
        }

        parameters.Sort(static (a, b) =>
            string.CompareOrdinal(a.Name, b.Name) is var order && order != 0 ? order : string.CompareOrdinal(a.Value, b.Value));
        for (var i = 0; i < parameters.Count; i++)
        {
            if (i > 0)
            {
                CanonicalRequest.WriteByte(output, (byte)'&');
            }

            CanonicalRequest.WriteText(output, parameters[i].Name);
            CanonicalRequest.WriteByte(output, (byte)'=');
            CanonicalRequest.WriteText(output, parameters[i].Value);
        }
    }

    private static string Encode(StringBuilder text, ReadOnlySpan<char> raw)
    {
        text.Clear();
        PercentEncoding.Encode(text, PercentEncoding.Decode(raw, plusIsSpace: true));
        return text.ToString();
    }
}
