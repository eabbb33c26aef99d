using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Demo.Kill;

/// <summary>For the demonstration: a run is submitted, and in its middle the process that does it dies, as if the machine had lost power. The next one goes on with it.</summary>
public sealed class KillWorker(SubmitBatch submit, CurrentActor actor, ISettings settings, IUtilityClock clock, KillsItself kill) : IUse<KillWorker.Input, BatchRunLine>
{
    /// <param name="Code">Of the batch control.</param>
    public sealed record Input(string? Code, IReadOnlyDictionary<string, string>? Parameters = null);

    public async Task<Outcome<BatchRunLine>> Handle(Input input, CancellationToken ct)
    {
        if (!await settings.IsDemonstration(ct))
            return Problem.NotFound("The demonstration");
        actor.Require(BatchPermissions.Run);
        if (!KillsItself.IsStartedAgain)
            return new Problem(null, "Nobody would start it again here: start Tieline with ./tieline up.", "demo.not_started_again");
        // Few at a time: slow enough to be watched.
        var submitted = await submit.Handle(new(input.Code, await clock.Today(ct), input.Parameters, Records: 20), ct);
        if (submitted.Ok)
            kill.InTheMiddleOf(submitted.Value.Id);
        return submitted;
    }
}

/// <summary>Ends this process without a word (SIGKILL) when it is in the middle of a run.</summary>
public sealed partial class KillsItself(IServiceScopeFactory scopes, NodeName node, ILogger<KillsItself> log)
{
    /// <summary>Set by whoever starts the process again when it was killed.</summary>
    public const string Variable = "TIELINE_STARTED_AGAIN";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    internal static bool IsStartedAgain => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    internal void InTheMiddleOf(long runId) => _ = Task.Run(async () =>
    {
        try
        {
            using var limit = new CancellationTokenSource(Longest);
            // Often enough to meet it in its middle.
            while (await IsBefore(runId, limit.Token))
                await Task.Delay(20, limit.Token);
        }
        catch (Exception exception)
        {
            LogLetLive(exception);
        }
    });

    /// <returns>False when the run is over.</returns>
    private async Task<bool> IsBefore(long runId, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        var sum = (await BatchSums.Of(db, [runId], ct)).GetValueOrDefault(runId, BatchSums.None);
        if (sum.Past > 0 && sum.Past >= sum.Selected / 3 && sum.Past < sum.Selected && await db.Set<BatchChunk>().AnyAsync(c => c.RunId == runId && c.Node == node.Value && c.State == ChunkState.Running, ct))
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        return sum.Selected is null || sum.Past < sum.Selected;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process was to be killed, and lives")]
    private partial void LogLetLive(Exception exception);
}
