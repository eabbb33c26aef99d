namespace Tieline.Platform.Search;

/// <param name="Title">One line of what it is.</param>
/// <param name="Href">Its page.</param>
public sealed record FoundRecord(RecordRef Record, string Reference, string Title, string Href);

/// <summary>A room whose records have numbers that people read out.</summary>
public interface IFindByReference
{
    /// <summary>The record of exactly this number, by one indexed look-up; nothing without the right to see it.</summary>
    /// <param name="letters">What was typed before the digits, in capitals; empty when there was nothing.</param>
    /// <param name="sequence">The number without its check digit, which is right.</param>
    Task<FoundRecord?> Find(string letters, long sequence, CancellationToken ct);
}
