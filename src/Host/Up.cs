using Tieline.Host.Commands;
using Tieline.Host.Observability;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;

namespace Tieline.Host;

/// <summary>Starts a node: migrate, fill an empty database, serve.</summary>
internal static class Up
{
    /// <returns>An exit code of <see cref="Exit"/>.</returns>
    public static async Task<int> Run(NodeOptions node, int port, bool demo, CancellationToken ct)
    {
        var line = new CommandLine(node, Console.Out, Console.Error);
        using var held = NodeLock.TryTake(node.DataDirectory);
        if (held is null && node.Database is null)
            return line.Fail($"another Tieline already runs on {node.DataDirectory}; SQLite has one node (give another --data, or --database for PostgreSQL)", Exit.Busy);
        return await Serve(node, held?.Name() ?? new NodeName(NodeName.New()), port, demo, ct);
    }

    private static async Task<int> Serve(NodeOptions node, NodeName name, int port, bool demo, CancellationToken ct)
    {
        var builder = House.Build(node);
        builder.Services.AddSingleton(name);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = House.Map(builder.Build());
        await House.Prepare(app.Services, ct);
        await new DemoLoader(app.Services, Logs.Json ? Console.Error : Console.Out).Run(demo, ct);
        await app.StartAsync(ct);
        var address = new Uri(app.Urls.First());
        var keyFile = NodeAddress.Write(node, address.Port, app.Services.GetRequiredService<MachineKey>());
        try
        {
            await Announce(app, address.ToString().TrimEnd('/'), ct);
            await app.WaitForShutdownAsync(ct);
        }
        finally
        {
            File.Delete(keyFile);
        }
        return Exit.Done;
    }

    /// <summary>Says where the house is and who may come in: as log lines where a machine reads standard output.</summary>
    private static async Task Announce(WebApplication app, string address, CancellationToken ct)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var signIns = await scope.ServiceProvider.GetRequiredService<DemoUsers>().All(ct);
        string? link = null;
        var links = scope.ServiceProvider.GetRequiredService<SetUpLinks>();
        if (!await links.HasAdministrator(ct))
        {
            var actor = scope.ServiceProvider.GetRequiredService<CurrentActor>();
            (actor.Actor, actor.Source) = (Actor.Process("start"), House.StartSource);
            link = address + await links.Create(null, ct);
            await scope.ServiceProvider.GetRequiredService<AppDb>().SaveChangesAsync(ct);
        }
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Tieline.Up");
        void Say(string text)
        {
            if (Logs.Json)
                log.LogInformation("{Text}", text);
            else
                Console.WriteLine(text);
        }
        Say($"Tieline is up at {address}");
        foreach (var (userName, password, role, displayName) in signIns.DistinctBy(s => s.Role).OrderBy(s => Array.IndexOf(Roles.All, s.Role)))
            Say($"  sign in as {userName,-12} password {password}   ({Roles.InWords(role)}: {displayName})");
        // A secret: never in a log.
        if (link is not null)
            await Console.Error.WriteLineAsync($"Nobody can sign in yet. Within 24 hours, open this link once to become the first administrator:\n  {link}");
    }
}
