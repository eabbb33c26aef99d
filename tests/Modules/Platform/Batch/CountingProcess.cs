using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Batch;

/// <summary>What a test wants of the process of this house.</summary>
internal sealed class Counting
{
    public const string Code = "COUNT";

    /// <summary>Keys 1 to this are due, less those that are done.</summary>
    public int Last { get; set; } = 100;

    /// <summary>Keys that cannot be done.</summary>
    public HashSet<long> Poison { get; } = [];

    /// <summary>Keys that are found in error, without anything failing.</summary>
    public HashSet<long> Wrong { get; } = [];

    /// <summary>All fails, whatever the record.</summary>
    public Exception? Broken { get; set; }

    /// <summary>Called in each slice, with its first key.</summary>
    public Func<long, Task>? Meanwhile { get; set; }

    public static async Task<TestHouse> Open(TestDatabase on, Counting counting, Action<IServiceCollection>? configure = null)
    {
        var house = await TestHouse.Open(on, services =>
        {
            Bring(services, counting);
            configure?.Invoke(services);
        });
        await house.SetControls();
        await using var scope = house.As(Actor.Process("test"));
        var (connection, _) = await scope.Db.Sql(CancellationToken.None);
        await connection.ExecuteAsync("create table test_counted (id bigint not null, about text not null)");
        return house;
    }

    public static async Task<IReadOnlyList<long>> Counted(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var (connection, _) = await scope.Db.Sql(CancellationToken.None);
        return [.. await connection.QueryAsync<long>("select id from test_counted order by id")];
    }

    public static IServiceCollection Bring(IServiceCollection services, Counting counting) => services.AddSingleton(counting).AddBatch<Process>().AddBatch<Behind>();

    private sealed class Process(AppDb db, Counting counting) : IBatchProcess
    {
        public string Code => Counting.Code;
        public string Description => "Counts";
        public BatchUsual Usual => new(Records: 10);
        public IReadOnlyList<BatchParameter> Parameters =>
            [new("upto", "Up to", BatchParameterKind.Number, "all", 1, 1_000), new("from", "From", BatchParameterKind.Day, "any day"), new("how", "How", BatchParameterKind.Choice, "slowly", Options: [new("fast", "fast"), new("slow", "slow")])];

        public Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct)
        {
            var last = input.Number("upto", counting.Last);
            var size = (last + parts - 1) / parts;
            return Task.FromResult<IReadOnlyList<BatchPart>>([.. Enumerable.Range(0, parts).Select(i => new BatchPart(i * size, Math.Min(last, (i + 1) * size), Math.Min(last, (i + 1) * size) - (i * size))).Where(p => p.UpTo > p.After)]);
        }

        public Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct) =>
            Task.FromResult<BatchRecord?>(counting.Broken is not null || slice.After >= slice.UpTo ? null : new(slice.After + 1, new RecordRef("person", slice.After + 1)));

        public bool ComesPast(BatchInput input, long key) => key <= input.Number("upto", counting.Last);

        public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
        {
            if (counting.Meanwhile is { } meanwhile)
                await meanwhile(slice.After + 1);
            if (counting.Broken is { } broken)
                throw broken;
            var (connection, transaction) = await db.Sql(ct);
            var upTo = Math.Min(slice.UpTo, slice.After + slice.Records);
            var wrong = new List<RecordInError>();
            for (var key = slice.After + 1; key <= upTo; key++)
            {
                if (counting.Wrong.Contains(key))
                {
                    wrong.Add(new(new(key, new RecordRef("person", key)), $"{key} is wrong"));
                    continue;
                }
                await connection.ExecuteAsync("insert into test_counted (id, about) values (@key, 'x')", new { key }, transaction);
                if (counting.Poison.Contains(key))
                    throw new InvalidOperationException($"{key} cannot be counted");
            }
            return new BatchStep(upTo, (int)(upTo - slice.After) - wrong.Count, 0, upTo == slice.UpTo) { InError = wrong };
        }
    }

    /// <summary>Does nothing; comes after the other one.</summary>
    private sealed class Behind : IBatchProcess
    {
        public string Code => "BEHIND";
        public string Description => "Comes after";
        public BatchUsual Usual => new();
        public Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct) => Task.FromResult(new BatchStep(slice.After, 0, 0, Last: true));
    }
}

internal static class BatchHouse
{
    /// <summary>As at a start: controls and schedules of the processes that a test has brought.</summary>
    public static async Task SetControls(this TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var steps = scope.Get<IEnumerable<IStartStep>>().ToList();
        await steps.OfType<SetControls>().Single().Run(CancellationToken.None);
        await steps.OfType<SetSchedules>().Single().Run(CancellationToken.None);
    }

    public static IEnumerable<long> Numbers(int first, int last) => Enumerable.Range(first, last - first + 1).Select(i => (long)i);

    public static async Task<BatchRunLine> Submit(TestHouse house, SubmitBatch.Input input)
    {
        await using var scope = house.As(Roles.Operator);
        return (await scope.Get<SubmitBatch>().Handle(input, CancellationToken.None)).Value;
    }

    public static async Task<BatchRunLine> Run(TestHouse house, long id)
    {
        await using var scope = house.As(Roles.Operator);
        return (await scope.Get<GetBatchRun>().Handle(new(id), CancellationToken.None)).Value;
    }

    public static async Task<IReadOnlyList<T>> Told<T>(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        var name = ((EventNameAttribute)Attribute.GetCustomAttribute(typeof(T), typeof(EventNameAttribute))!).Name;
        return [.. (await scope.Db.Set<Event>().Where(e => e.Name == name).OrderBy(e => e.Id).ToListAsync(CancellationToken.None)).Select(e => System.Text.Json.JsonSerializer.Deserialize<T>(e.Body, JobRegistration.Json)!)];
    }

    /// <summary>Until a thread that stumbles has given up.</summary>
    public static async Task Fail(TestHouse house)
    {
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await house.MakeDue(RunBatch.Kind);
            await house.RunJobs();
        }
    }
}
