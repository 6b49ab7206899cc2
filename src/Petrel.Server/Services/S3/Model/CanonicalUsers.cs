using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Model;

/// <summary>Accounts as ACLs and listings name them: by a canonical id of 64 hexadecimal digits, which is made from the account's number.</summary>
internal static class CanonicalUsers
{
    private static readonly ConcurrentDictionary<string, S3Owner> Owners = [];

    public static S3Owner Of(string account) => Owners.GetOrAdd(account, static number =>
        new S3Owner(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"canonical user of account {number}")))));
}
