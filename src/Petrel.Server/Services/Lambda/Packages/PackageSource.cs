using Petrel.Aws.Lambda;
using Petrel.Aws.S3;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Packages;

/// <summary>Fetches packages that lie in a bucket, with the rights of the caller.</summary>
/// <param name="objects">Null where the daemon has no object store.</param>
internal sealed class PackageSource(IObjectReader? objects = null)
{
    /// <returns>The package itself, or the one in the bucket; null where neither is given.</returns>
    /// <exception cref="InvalidParameterValueException">Both are given, or the object is not there.</exception>
    public async ValueTask<byte[]?> FetchAsync(byte[]? package, string? bucket, string? key, string? version, CallContext call)
    {
        if (bucket is null && key is null)
        {
            return package;
        }

        if (package is not null)
        {
            throw new InvalidParameterValueException("Please do not provide other FunctionCode parameters when providing a ZipFile.");
        }

        if (bucket is null || key is null)
        {
            throw new InvalidParameterValueException("Please provide both S3Bucket and S3Key.");
        }

        return await ReadAsync(bucket, key, version, call);
    }

    private async Task<byte[]> ReadAsync(string bucket, string key, string? version, CallContext call)
    {
        var reader = objects ?? throw CommonException.NotImplemented("lambda", "code in S3");
        try
        {
            var (body, size) = await reader.OpenAsync(bucket, key, version, call);
            await using (body)
            {
                if (size > Limits.ZippedBytes)
                {
                    throw new RequestEntityTooLargeException($"Zipped size must be smaller than {Limits.ZippedBytes} bytes");
                }

                var bytes = new byte[size];
                await body.ReadExactlyAsync(bytes, call.Aborted);
                return bytes;
            }
        }
        catch (S3Exception missing) when (missing.Status != 403)
        {
            throw new InvalidParameterValueException(
                $"Error occurred while GetObject. S3 Error Code: {missing.Code}. S3 Error Message: {missing.Message}");
        }
        catch (ServiceException denied) when (denied.Status == 403)
        {
            throw CommonException.AccessDenied(
                "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for "
                + $"{bucket}/{key}. S3 Error Code: AccessDenied. S3 Error Message: {denied.Message}");
        }
    }
}
