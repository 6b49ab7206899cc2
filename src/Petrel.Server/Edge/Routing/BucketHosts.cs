namespace Petrel.Server.Edge;

/// <summary>
/// Buckets in host names: <c>bucket.s3.localhost</c>, <c>bucket.s3.eu-west-1.amazonaws.com</c>, and where a signature says that objects are
/// meant also <c>bucket.localhost</c>, which SDKs make of an endpoint at <c>localhost</c>.
/// </summary>
internal static class BucketHosts
{
    private static readonly string[] Local = [".localhost.localstack.cloud", ".localhost"];

    private const string Cloud = ".amazonaws.com";

    /// <param name="host">Without a port.</param>
    /// <param name="isForObjects">The request is signed for the object store.</param>
    /// <returns>The bucket; null where the host's name has none.</returns>
    public static string? Find(string host, bool isForObjects)
    {
        foreach (var domain in Local)
        {
            if (host.EndsWith(domain, StringComparison.OrdinalIgnoreCase))
            {
                var name = host.AsSpan(0, host.Length - domain.Length);
                return Before(name, out var isService) ?? (isForObjects && !isService && !name.IsEmpty ? name.ToString() : null);
            }
        }

        return host.EndsWith(Cloud, StringComparison.OrdinalIgnoreCase) ? Before(host.AsSpan(0, host.Length - Cloud.Length), out _) : null;
    }

    /// <summary>What stands before <c>s3</c>, <c>s3.region</c>, <c>s3.dualstack.region</c> or <c>s3-region</c>.</summary>
    private static string? Before(ReadOnlySpan<char> name, out bool isService)
    {
        isService = false;
        var at = name.Length;
        for (var label = 0; label < 3; label++)
        {
            var dot = name[..at].LastIndexOf('.');
            var part = name[(dot + 1)..at];
            if (part.StartsWith("s3-website", StringComparison.Ordinal))
            {
                isService = true;
                return null;
            }

            if (part is "s3" || (part.StartsWith("s3-", StringComparison.Ordinal) && label == 0))
            {
                isService = true;
                return dot > 0 ? name[..dot].ToString() : null;
            }

            if (dot < 0)
            {
                return null;
            }

            at = dot;
        }

        return null;
    }
}
