using System.CommandLine;

namespace Tieline.Host.Commands;

/// <summary>Options that every command has: which data folder, which database.</summary>
internal static class HouseOptions
{
    public const string DatabaseVariable = "TIELINE_DATABASE";

    public static readonly Option<DirectoryInfo> Data = new("--data")
    {
        Description = "Data folder (also from TIELINE_DATA)", Recursive = true,
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("TIELINE_DATA") ?? "data"),
    };

    public static readonly Option<string?> Database = new("--database")
    {
        Description = $"PostgreSQL connection string (also from {DatabaseVariable}); SQLite in the data folder without it", Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(DatabaseVariable) is { Length: > 0 } given ? given : null,
    };

    public static NodeOptions Node(this ParseResult parsed) => new(parsed.GetValue(Data)!.FullName, parsed.GetValue(Database));

    /// <summary>A command that runs through <see cref="CommandLine"/>.</summary>
    public static Command Does(this Command command, Func<ParseResult, CommandLine, CancellationToken, Task<int>> action)
    {
        command.SetAction((parsed, ct) => action(parsed, new CommandLine(parsed.Node(), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error), ct));
        return command;
    }
}
