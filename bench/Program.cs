using System.Globalization;
using Tieline.Bench;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var area = args.FirstOrDefault() ?? "";
var people = 1_000_000;
if (Array.IndexOf(args, "--people") is var at and >= 0 && (at + 1 >= args.Length || !int.TryParse(args[at + 1], out people) || people < 1_000))
    return Fail("--people needs a number of at least 1000");
string? keep = null;
if (Array.IndexOf(args, "--keep") is var place and >= 0 && (place + 1 >= args.Length || (keep = args[place + 1]).Length == 0))
    return Fail("--keep needs a folder");
string[]? only = null;
var parts = area == "batch" ? BatchBench.Parts : DeskBench.Parts;
if (Array.IndexOf(args, "--only") is var some and >= 0 && ((only = args.ElementAtOrDefault(some + 1)?.Split(',')) is null || only.Except(parts).Any()))
    return Fail($"--only needs parts of {area}: {string.Join(',', parts)}");
switch (area)
{
    case BareEndpoint.Area:
        await BareEndpoint.Serve(args[1], int.Parse(args[2]));
        return 0;
    case "contacts" or "desk" or "batch":
        var postgres = Environment.GetEnvironmentVariable("TIELINE_BENCH_POSTGRES");
        if (string.IsNullOrEmpty(postgres))
            return Fail("TIELINE_BENCH_POSTGRES is not set; ./tieline bench starts a database and sets it");
        var figures = new Figures();
        using (var stop = new CancellationTokenSource())
        {
            Console.CancelKeyPress += (_, e) => (e.Cancel, _) = (true, stop.CancelAsync());
            if (area == "contacts")
            {
                await using var bench = new ContactsBench(postgres, people, keep, figures);
                await bench.Run(stop.Token);
            }
            else if (area == "batch")
            {
                await using var bench = new BatchBench(postgres, keep, only ?? BatchBench.Parts, figures);
                await bench.Run(stop.Token);
            }
            else
            {
                await using var bench = new DeskBench(postgres, people, keep, only ?? DeskBench.Parts, figures);
                await bench.Run(stop.Token);
            }
        }
        figures.Write(Console.Out, json: args.Contains("--json"));
        return 0;
    default:
        return Fail($"there is no area '{area}' to measure; there are: contacts, desk, batch");
}

static int Fail(string message)
{
    Console.Error.WriteLine($"tieline bench: {message}");
    return 1;
}
