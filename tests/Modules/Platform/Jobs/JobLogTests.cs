using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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

        public ConcurrentQueue<(string Text, string? Trace)> All { get; } = [];

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
                lines.All.Enqueue((formatter(state, exception), trace));
            }
        }
    }
}
