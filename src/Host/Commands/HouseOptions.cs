using System.CommandLine;
using Tieline.Platform.Data.Postgres;

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

    public static readonly Option<bool> Trace = new("--trace") { Description = "Say where in the programme something went wrong", Recursive = true };

    public static NodeOptions Node(this ParseResult parsed) => new(parsed.GetValue(Data)!.FullName, Checked(parsed.GetValue(Database)));

    private static string? Checked(string? database)
    {
        try
        {
            if (database is not null)
                PostgresDialect.Fingerprint(database);
            return database;
        }
        catch (ArgumentException exception)
        {
            throw new InvalidOperationException("--database takes a connection string such as \"Host=127.0.0.1;Database=tieline;Username=tieline\".", exception);
        }
    }

    /// <summary>A command that runs through <see cref="CommandLine"/>.</summary>
    public static Command Does(this Command command, Func<ParseResult, CommandLine, CancellationToken, Task<int>> action)
    {
        command.SetAction((parsed, ct) =>
            action(parsed, new CommandLine(parsed.Node(), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, (parsed.InvocationConfiguration as Invocation)?.Key), ct));
        return command;
    }
}
