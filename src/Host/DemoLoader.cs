using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;

namespace Tieline.Host;

/// <summary>
/// Fills an empty database with the demonstration utility, room by room. Each room's part is one transaction that also keeps the
/// note that it is there: a load that was killed goes on, at the next start, with the first room that is missing. Of nodes that
/// start at once, one loads and the others wait.
/// </summary>
internal sealed class DemoLoader(IServiceProvider services, TextWriter console)
{
    /// <summary>Decided at the first start and kept: what someone works with is never mixed with inventions.</summary>
    public Task Run(bool wanted, CancellationToken ct) => services.GetRequiredService<Dialect>().UnderStartLock(() => Fill(wanted, ct), ct);

    private async Task Fill(bool wanted, CancellationToken ct)
    {
        // Another node may have decided while this one waited for its turn.
        services.GetRequiredService<ReferenceCache<StoredSettings>>().Forget();
        if (await Decide(wanted, ct) is not { } plan)
            return;
        var watch = Stopwatch.StartNew();
        var loaded = 0;
        foreach (var name in Names())
            loaded += await Load(name, plan, ct) ? 1 : 0;
        if (loaded == 0)
            return;
        await services.GetRequiredService<Dialect>().Analyze(ct);
        await console.WriteLineAsync($"The demonstration utility is loaded ({watch.Elapsed.TotalSeconds:0.0} s).");
    }

    private async Task<DemoPlan?> Decide(bool wanted, CancellationToken ct)
    {
        await using var scope = Scope();
        var settings = scope.ServiceProvider.GetRequiredService<ISettings>();
        var decided = await settings.Get(Demonstration.AsOf, ct);
        if (decided.Length == 0)
        {
            var db = scope.ServiceProvider.GetRequiredService<AppDb>();
            var today = await scope.ServiceProvider.GetRequiredService<IUtilityClock>().Today(ct);
            decided = wanted && await Untouched(db, ct) ? today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Demonstration.None;
            await settings.Set(Demonstration.AsOf, decided, ct);
            if (decided != Demonstration.None)
            {
                await settings.Set(HouseSettings.UtilityName, DemoPlaces.Utility, ct);
                await settings.Set(HouseSettings.TimeZone, DemoPlaces.TimeZone, ct);
            }
            await db.SaveChangesAsync(ct);
        }
        return decided == Demonstration.None ? null : new DemoPlan(DateOnly.ParseExact(decided, "yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    /// <summary>Whether nobody but the start itself has ever written here.</summary>
    private static async Task<bool> Untouched(AppDb db, CancellationToken ct)
    {
        return !await db.Set<UserAccount>().AnyAsync(ct) && !await db.Set<AuditEntry>().AnyAsync(e => e.Source != House.StartSource, ct);
    }

    private List<string> Names()
    {
        using var scope = services.CreateScope();
        return [.. scope.ServiceProvider.GetServices<IDemoData>().OrderBy(d => d.Order).Select(d => d.Name)];
    }

    private async Task<bool> Load(string name, DemoPlan plan, CancellationToken ct)
    {
        await using var scope = Scope();
        var part = scope.ServiceProvider.GetServices<IDemoData>().Single(d => d.Name == name);
        var settings = scope.ServiceProvider.GetRequiredService<ISettings>();
        var mark = new SettingKey<string>($"demo.loaded.{name}", "", $"When the demonstration's {name} were loaded");
        if ((await settings.Get(mark, ct)).Length > 0)
            return false;

        if (part.Searches)
            await services.GetRequiredService<Dialect>().Analyze(ct);
        using var line = new ProgressLine(console, $"Loading the demonstration utility: {name}");
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        await db.InTransaction(async () =>
        {
            await part.Load(plan, line, ct);
            await settings.Set(mark, db.Now.ToString("u", CultureInfo.InvariantCulture), ct);
            return await db.SaveChangesAsync(ct);
        }, ct);
        return true;
    }

    private AsyncServiceScope Scope()
    {
        var scope = services.CreateAsyncScope();
        var actor = scope.ServiceProvider.GetRequiredService<CurrentActor>();
        (actor.Actor, actor.Source) = (Actor.Process("demonstration"), House.StartSource);
        return scope;
    }

    /// <summary>One line per room: rewritten while it is loaded on a terminal, written once at the end elsewhere.</summary>
    private sealed class ProgressLine(TextWriter console, string what) : IProgress<string>, IDisposable
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private int width;

        public void Report(string value)
        {
            if (!Console.IsOutputRedirected)
                Write($"{what}, {value}");
        }

        public void Dispose()
        {
            Write($"{what} ({watch.Elapsed.TotalSeconds:0.0} s)");
            console.WriteLine();
        }

        private void Write(string text)
        {
            console.Write(width == 0 ? text : "\r" + text.PadRight(width));
            width = text.Length;
        }
    }
}
