namespace Tieline.Host;

/// <summary>Starts a node: migrate, fill an empty database, serve.</summary>
internal static class Up
{
    public static async Task<int> Run(NodeOptions node, int port, bool demo, CancellationToken ct)
    {
        var builder = House.Build(node);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = House.Map(builder.Build());
        await House.Prepare(app.Services, ct);
        await new DemoLoader(app.Services, Console.Out).Run(demo, ct);
        await app.StartAsync(ct);
        Console.WriteLine($"Tieline is up at http://127.0.0.1:{port}");
        await app.WaitForShutdownAsync(ct);
        return 0;
    }
}
