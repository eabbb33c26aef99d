using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Tieline.Platform.Batch;

/// <summary>What a run works with.</summary>
public sealed record BatchInput(DateOnly BusinessOn, IReadOnlyDictionary<string, string> Parameters)
{
    public int Number(string name, int otherwise) =>
        Parameters.TryGetValue(name, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}

/// <summary>What one chunk did.</summary>
/// <param name="Position">Key of the last record; the next chunk begins behind it.</param>
/// <param name="Done">Records done by this chunk.</param>
/// <param name="Skipped">Records that someone else had done already.</param>
/// <param name="Last">Nothing is left behind <paramref name="Position"/>.</param>
public sealed record BatchChunk(long Position, int Done, int Skipped, bool Last);

/// <summary>A batch process: works through records in the order of their keys, a chunk for each transaction.</summary>
public interface IBatchProcess
{
    /// <summary>Batch code, e.g. <c>TD-CCCB</c>.</summary>
    string Code { get; }

    string Description { get; }

    /// <summary>When it runs by itself: a Quartz cron expression in the utility's time zone, or null.</summary>
    string? Cron { get; }

    /// <returns>A message when the input cannot be run with.</returns>
    string? Check(BatchInput input);

    /// <summary>Does the next chunk, in the transaction that also keeps how far the run got.</summary>
    Task<BatchChunk> RunChunk(BatchInput input, long position, CancellationToken ct);
}

public static class BatchRegistration
{
    public static IServiceCollection AddBatch<T>(this IServiceCollection services) where T : class, IBatchProcess =>
        services.AddScoped<IBatchProcess, T>();
}
