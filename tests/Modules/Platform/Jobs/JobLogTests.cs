using System.Collections.Concurrent;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Jobs;

public class JobLogTests
{
    [Theory, BothDatabases]
    public async Task Every_line_of_a_job_carries_the_trace_of_the_click_that_caused_it(TestDatabase on)
    {
        using var lines = new Lines();
        await using var house = await TestHouse.Open(on, services => services.AddSingleton<ILoggerProvider>(lines).AddJob<int, Says>("test.says"));
        string trace;
        using (var click = new Activity("click").Start())
        {
            trace = click.TraceId.ToHexString();
            await house.Enqueue(1, "test.says");
        }
        await house.RunJobs();
        var own = lines.All.Where(l => l.Text.Contains("test.says", StringComparison.Ordinal)).ToArray();
        Assert.Equal(["test.says speaks", "Job test.says "], own.Select(l => l.Text.StartsWith("Job", StringComparison.Ordinal) ? l.Text[..14] : l.Text));
        Assert.All(own, l => Assert.Equal(trace, l.Trace));
        Assert.Contains("done on attempt 1", own[1].Text, StringComparison.Ordinal);
        Assert.Contains(trace, own[1].Text, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_database_that_is_away_is_told_when_that_begins_and_when_it_is_over(TestDatabase on)
    {
        using var lines = new Lines();
        await using var house = await TestHouse.Open(on, services => services.AddSingleton<ILoggerProvider>(lines));
        var trouble = house.Services.GetRequiredService<DatabaseTrouble>();
        Exception away = on == TestDatabase.Sqlite ? new SqliteException("database is locked", 5) : new NpgsqlException("Connection refused", new IOException());
        for (var seconds = 0; seconds < 3; seconds++)
        {
            Assert.True(trouble.Heard(away));
            trouble.Wrote();
        }
        house.Clock.Advance(TimeSpan.FromMinutes(1));
        trouble.Wrote();
        trouble.Wrote();
        Assert.Equal([LogLevel.Error, LogLevel.Information], lines.All.Where(l => l.Text.Contains("The database c", StringComparison.Ordinal)).Select(l => l.Level));
        Assert.False(trouble.Heard(new InvalidOperationException("no luck")));
    }

    [Theory, BothDatabases]
    public async Task A_job_whose_end_cannot_be_written_is_not_told_as_if_none_had_been_found(TestDatabase on)
    {
        using var lines = new Lines();
        await using var house = await TestHouse.Open(on, services => services.AddSingleton<ILoggerProvider>(lines).AddJob<int, TakesTheTable>("test.takes"));
        await house.Enqueue(1, "test.takes");
        var worker = house.Services.GetRequiredService<JobWorker>();
        await worker.StartAsync(CancellationToken.None);
        bool Told(string text) => lines.All.Any(l => l.Level == LogLevel.Error && l.Text.StartsWith(text, StringComparison.Ordinal));
        for (var i = 0; i < 300 && !(Told("How job test.takes ") && Told("Looking for due jobs failed")); i++)
            // The worker tells nobody else.
            await Task.Delay(100, TestContext.Current.CancellationToken);
        await worker.StopAsync(CancellationToken.None);
        Assert.True(Told("How job test.takes ") && Told("Looking for due jobs failed"));
    }

    /// <summary>From then on nothing can be written down about jobs, nor any be found.</summary>
    private sealed class TakesTheTable(Dialect dialect) : IJobHandler<int>
    {
        public async Task Run(int payload, JobRun job, CancellationToken ct)
        {
            using var turn = await dialect.WriterTurn(ct);
            await using var connection = await dialect.Open(ct);
            await connection.ExecuteAsync("alter table job rename to job_away");
        }
    }

    private sealed class Says(ILogger<JobLogTests> log) : IJobHandler<int>
    {
        public Task Run(int payload, JobRun job, CancellationToken ct)
        {
#pragma warning disable CA1848, CA2254 // one line of a test
            log.LogInformation("test.says speaks");
#pragma warning restore CA1848, CA2254
            return Task.CompletedTask;
        }
    }

    private sealed class Lines : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider? scopes;

        public ConcurrentQueue<(LogLevel Level, string Text, string? Trace)> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Line(this);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

        public void Dispose()
        {
        }

        private sealed class Line(Lines lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                string? trace = null;
                lines.scopes?.ForEachScope((scope, _) =>
                {
                    if (scope is IEnumerable<KeyValuePair<string, object?>> values)
                        trace = values.FirstOrDefault(v => v.Key == "TraceId").Value?.ToString() ?? trace;
                }, state);
                lines.All.Enqueue((logLevel, formatter(state, exception), trace));
            }
        }
    }
}
