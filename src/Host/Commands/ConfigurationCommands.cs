using System.CommandLine;
using Tieline.Platform.Configuration;
using Tieline.Platform.Uses;

namespace Tieline.Host.Commands;

/// <summary><c>./tieline configuration export | import</c>: what administrators decide, as a file between installations.</summary>
internal static class ConfigurationCommands
{
    public static Command All() => new("configuration", "Carry types, roles, calendars and the like between installations") { Export(), Import() };

    private static Command Export()
    {
        var file = new Argument<FileInfo>("file") { Description = "JSON file to write" };
        var parts = new Option<string[]>("--part") { Description = "Only this part, such as contact-types; may be given several times", AllowMultipleArgumentsPerToken = true };
        return new Command("export", "Write the configuration into a file") { file, parts }.Does((parsed, house, ct) =>
        {
            var chosen = parsed.GetValue(parts) ?? [];
            return house.Use<ExportConfiguration, ExportConfiguration.Input, ExportConfiguration.Exported>(
                HttpMethod.Get, $"/configuration/export?{string.Join('&', chosen.Select(p => $"parts={Uri.EscapeDataString(p)}"))}", new(chosen),
                (output, exported) =>
                {
                    File.WriteAllText(parsed.GetValue(file)!.FullName, exported.Content);
                    output.WriteLine($"written to {parsed.GetValue(file)!.FullName}");
                }, ct);
        });
    }

    private static Command Import()
    {
        var file = new Argument<FileInfo>("file") { Description = "JSON file that export wrote" };
        var apply = new Option<bool>("--apply") { Description = "Take over all that is new or changed; without it, only print what would be" };
        return new Command("import", "Compare a file with what is here, and take it over") { file, apply }.Does(async (parsed, house, ct) =>
        {
            var from = parsed.GetValue(file)!;
            if (!from.Exists)
                return house.Fail($"there is no file {from.FullName}");
            var brought = 0L;
            var code = await house.Use<BringConfiguration, BringConfiguration.Input, Added>(
                HttpMethod.Post, "/configuration/imports", new(await File.ReadAllTextAsync(from.FullName, ct), from.Name), (_, added) => brought = added.Id, ct);
            if (code != Exit.Done)
                return code;
            var version = 0;
            code = await house.Use<GetBroughtConfiguration, GetBroughtConfiguration.Input, BroughtConfiguration>(
                HttpMethod.Get, $"/configuration/imports/{brought}", new(brought), (output, plan) =>
                {
                    version = plan.Version;
                    Print(output, plan.Rows);
                }, ct);
            return code != Exit.Done || !parsed.GetValue(apply) ? code : await house.Use<ApplyConfiguration, ApplyConfiguration.Input, ApplyConfiguration.Applied>(
                HttpMethod.Post, $"/configuration/imports/{brought}/apply", new(brought, version), (output, done) => output.WriteLine($"{done.Added} added, {done.Changed} changed"), ct);
        });
    }

    private static void Print(TextWriter output, IReadOnlyList<PlannedRow> rows)
    {
        foreach (var row in rows.Where(r => r.State != "Same"))
        {
            output.WriteLine($"{row.State}\t{row.Choice}\t{(row.Problem is null ? row.Name : row.State == "Refused" ? row.Problem : $"would be refused: {row.Problem}")}");
            foreach (var change in row.Changes)
                output.WriteLine($"\t{change.Field}: {change.Here ?? "(nothing)"} -> {change.There ?? "(nothing)"}");
        }
        output.WriteLine($"{rows.Count(r => r.State == "Same")} the same");
    }
}
