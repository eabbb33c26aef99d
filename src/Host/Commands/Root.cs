using System.CommandLine;
using System.CommandLine.Invocation;
using Microsoft.EntityFrameworkCore;

namespace Tieline.Host.Commands;

/// <summary>The programme as it is called: every command hangs here.</summary>
internal static class Root
{
    /// <param name="key">API key as which commands run, from <see cref="CommandLine.KeyVariable"/>; null for the operator of the machine.</param>
    /// <returns>An exit code of <see cref="Exit"/>.</returns>
    public static async Task<int> Run(string[] args, TextWriter output, TextWriter error, string? key = null, CancellationToken ct = default)
    {
        var parsed = All().Parse(args);
        // One line says what is wrong; the whole usage is for those who ask for it.
        if (parsed.Action is ParseErrorAction)
            return CommandLine.Fail(error, $"{string.Join(" ", parsed.Errors.Select(e => e.Message))} (see --help)", Exit.Usage);
        try
        {
            return await parsed.InvokeAsync(new Invocation(key) { Output = output, Error = error, EnableDefaultExceptionHandler = false }, ct);
        }
        catch (OperationCanceledException)
        {
            return Exit.Failed;
        }
        catch (Exception exception)
        {
            if (parsed.GetValue(HouseOptions.Trace))
                await error.WriteLineAsync(exception.ToString());
            // "See the inner exception" helps nobody.
            return CommandLine.Fail(error, exception is DbUpdateException { InnerException: { } cause } ? cause.Message : exception.Message, Exit.Failed);
        }
    }

    private static RootCommand All()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1", DefaultValueFactory = _ => 5080 };
        port.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 0 or > 65_535)
                given.AddError("--port takes a number from 0 (any free one) to 65535.");
        });
        var noDemo = new Option<bool>("--no-demo") { Description = "Start empty, without the demonstration utility" };
        var up = new Command("up", "Start Tieline") { port, noDemo };
        up.SetAction((parsed, ct) => Up.Run(parsed.Node(), parsed.GetValue(port), !parsed.GetValue(noDemo), ct));
        return new RootCommand("Tieline: customer care for utilities")
        {
            HouseOptions.Data, HouseOptions.Database, HouseOptions.Trace,
            up, BatchCommands.All(), ImportCommands.All(), ConfigurationCommands.All(), ApiKeyCommands.All(), UserCommands.All(), KeysCommands.All(),
        };
    }
}

/// <summary>Who calls: kept beside the options, because whatever is typed as an option everybody on the machine can read.</summary>
internal sealed class Invocation(string? key) : InvocationConfiguration
{
    public string? Key => key;
}
