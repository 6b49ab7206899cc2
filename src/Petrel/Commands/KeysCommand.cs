using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Daemon;
using Petrel.Server.Settings;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel keys</c>: makes, lists and revokes root keys.</summary>
internal sealed class KeysCommand : Command
{
    private readonly CliContext _context;
    private readonly Option<bool> _list = new("--list") { Description = "List the keys, without their secrets" };
    private readonly Option<string?> _revoke = new("--revoke") { Description = "Revoke a key", HelpName = "KEY-ID" };
    private readonly Option<bool> _json = GlobalOptions.Json();

    public KeysCommand(CliContext context)
        : base("keys", "Generate a root key of your own; another address than loopback needs one")
    {
        _context = context;
        foreach (var option in new Option[] { _list, _revoke, _json })
        {
            Options.Add(option);
        }

        SetAction(Run);
    }

    private int Run(ParseResult parse)
    {
        var options = SettingsLoader.Load(_context.Environment, GlobalOptions.ToSettings(parse), _context.WorkingFolder).Options;
        var keys = RootKeyFile.Read(options.Storage);
        if (parse.GetValue(_list))
        {
            return List(keys, parse.GetValue(_json));
        }

        if (parse.GetValue(_revoke) is { } revoked)
        {
            return Revoke(options.Storage, keys, revoked);
        }

        var key = RootKeyFile.Generate(options.Edge.Account, _context.Time.GetUtcNow());
        RootKeyFile.Write(options.Storage, [.. keys, key]);
        if (parse.GetValue(_json))
        {
            _context.Output.Json(new JsonObject
            {
                ["account"] = key.Account,
                ["accessKeyId"] = key.AccessKeyId,
                ["secretAccessKey"] = key.SecretAccessKey,
            });
        }
        else
        {
            _context.Output.Line($"AWS_ACCESS_KEY_ID={key.AccessKeyId}");
            _context.Output.Line($"AWS_SECRET_ACCESS_KEY={key.SecretAccessKey}");
        }

        _context.Output.Step($"written to {RootKeyFile.PathOf(options.Storage)}");
        if (!AdviseRestart(options.Storage.Data))
        {
            _context.Output.Advice("test/test opens nothing any more; another address may be bound: --bind ADDR");
        }

        return 0;
    }

    private int List(IReadOnlyList<RootKey> keys, bool json)
    {
        if (json)
        {
            _context.Output.Json(new JsonArray([.. keys.Select(k => new JsonObject
            {
                ["account"] = k.Account,
                ["accessKeyId"] = k.AccessKeyId,
                ["created"] = k.Created,
            })]));
            return 0;
        }

        if (keys.Count == 0)
        {
            _context.Output.Notice("No keys were generated: the root key is test/test, and the daemon listens on loopback only.");
            return 0;
        }

        var table = new TextTable("Key", "Account", "Created");
        foreach (var key in keys)
        {
            table.Add(key.AccessKeyId, key.Account, key.Created.ToString("u"));
        }

        _context.Output.Table(table);
        return 0;
    }

    private int Revoke(StorageOptions storage, IReadOnlyList<RootKey> keys, string revoked)
    {
        var left = keys.Where(k => k.AccessKeyId != revoked).ToArray();
        if (left.Length == keys.Count)
        {
            throw new CliException($"there is no key {revoked}", $"see them: {_context.Program} keys --list");
        }

        if (left.Length == 0)
        {
            throw new CliException("this is the last key; without it test/test would open everything again", $"generate another first: {_context.Program} keys");
        }

        RootKeyFile.Write(storage, left);
        _context.Output.Step($"{revoked} revoked");
        AdviseRestart(storage.Data);
        return 0;
    }

    private bool AdviseRestart(string data)
    {
        if (DataFolderLock.IsHeld(data))
        {
            _context.Output.Advice($"the running daemon takes this at its next start: {_context.Program} down, then {_context.Program} up");
            return true;
        }

        return false;
    }
}
