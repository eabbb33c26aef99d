using System.Text;
using System.Text.Json;
using Tieline.Platform.Data.Postgres;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;

namespace Tieline.Host.Commands;

internal static class DataFolder
{
    /// <summary>Makes the folder when it is missing, for its owner alone: customers' data and keys lie in it.</summary>
    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

/// <summary>Held while this process has the data folder to itself: the file <c>node.lock</c>, open exclusively. Freed by the system when the process dies.</summary>
internal sealed class NodeLock : IDisposable
{
    private readonly FileStream file;

    private NodeLock(FileStream file) => this.file = file;

    /// <returns>Null when another process holds it.</returns>
    public static NodeLock? TryTake(string dataDirectory)
    {
        DataFolder.Make(dataDirectory);
        try
        {
            return new NodeLock(new FileStream(Path.Combine(dataDirectory, "node.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A name for this process, written down for the one that comes after it.</summary>
    public NodeName Name()
    {
        var earlier = new StreamReader(file).ReadToEnd().Trim();
        var name = new NodeName(NodeName.New(), earlier.Length == 0 ? null : earlier);
        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(name.Value));
        file.Flush();
        return name;
    }

    public void Dispose() => file.Dispose();
}

/// <summary>Where a running node answers, and the key by which commands on this machine speak to it.</summary>
/// <param name="Database"><see cref="PostgresDialect.Fingerprint"/> of the node's database; null for SQLite in the data folder.</param>
internal sealed record NodeAddress(string Url, string Key, string? Database = null)
{
    private const string Pattern = "node.*.key";

    /// <summary>Writes the key file (mode 0600), one for each port: on PostgreSQL several nodes may share a data folder.</summary>
    /// <returns>The file; deleted when the node stops.</returns>
    public static string Write(NodeOptions node, int port, MachineKey key)
    {
        var file = Path.Combine(node.DataDirectory, $"node.{port}.key");
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        JsonSerializer.Serialize(stream, new NodeAddress($"http://127.0.0.1:{port}", key.Value, Fingerprint(node)));
        return file;
    }

    /// <summary>Nodes by the key files in the folder that are on the same database, also those that were killed.</summary>
    public static IEnumerable<NodeAddress> Of(NodeOptions node)
    {
        if (!Directory.Exists(node.DataDirectory))
            yield break;
        var database = Fingerprint(node);
        foreach (var file in Directory.EnumerateFiles(node.DataDirectory, Pattern).Order(StringComparer.Ordinal))
        {
            if (Read(file) is { } address && address.Database == database)
                yield return address;
        }
    }

    private static string? Fingerprint(NodeOptions node) => node.Database is { } postgres ? PostgresDialect.Fingerprint(postgres) : null;

    private static NodeAddress? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<NodeAddress>(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException)
        {
            // Half-written or just deleted: a node that comes or goes.
            return null;
        }
    }
}
