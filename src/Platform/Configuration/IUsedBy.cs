namespace Tieline.Platform.Configuration;

/// <summary>Who uses something that administrators keep, so that they know what a change touches before they make it.</summary>
public interface IUsedBy
{
    /// <summary>Of what it tells: <c>contact_type</c>.</summary>
    string Kind { get; }

    Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct);
}

/// <param name="What">In the plural: "contacts".</param>
/// <param name="Count">At most <see cref="Most"/> are counted.</param>
/// <param name="Href">Where they are listed; null when they are on no list.</param>
/// <param name="One">In the singular, where that is not the plural without its "s".</param>
public sealed record UsedByLine(string What, int Count, string? Href = null, string? One = null)
{
    public const int Most = 1_000;

    /// <summary>"1 contact", "12 contacts", "more than 1,000 contacts".</summary>
    public string Text => Count > Most ? $"more than {Most:N0} {What}" : $"{Count:N0} {(Count == 1 ? One ?? What[..^1] : What)}";
}

/// <summary>Asks all rooms.</summary>
public sealed class AllUsedBy(IEnumerable<IUsedBy> rooms)
{
    public async Task<IReadOnlyList<UsedByLine>> Of(RecordRef record, CancellationToken ct)
    {
        var lines = new List<UsedByLine>();
        foreach (var room in rooms.Where(r => r.Kind == record.Kind))
            lines.AddRange((await room.Of(record.Id, ct)).Where(l => l.Count > 0));
        return lines;
    }
}
