using Tieline.Platform.Security;

namespace Tieline.Platform.Reasons;

/// <summary>A kind of record that people open: what it is called, where it stands and which right opens it. Rooms register one for each kind.</summary>
/// <param name="Kind">Of its references: <c>contact</c>.</param>
/// <param name="Name">In words, within a sentence: <c>contact</c>.</param>
/// <param name="Path">With the id as <c>{0}</c>; null where <see cref="ITellsWhy"/> knows it, or nothing can be opened.</param>
/// <param name="Permission">Who may hear about it; null for everyone who is signed in.</param>
/// <param name="Table">In which it is kept, where that is called differently: parts of other records are in the audit by it.</param>
public sealed record RecordPage(string Kind, string Name, string? Path = null, string? Permission = null, string? Table = null);

/// <summary>
/// A room says of one kind of record why it is there, as far as audit and events do not know it: who made it as the room keeps it, and which
/// other records caused it. The actor is told no more than they may see.
/// </summary>
public interface ITellsWhy
{
    string Kind { get; }

    /// <returns>Null when there is no such record.</returns>
    Task<Told?> Tell(long id, CancellationToken ct);
}

/// <summary>Why a record is there, as its room knows it.</summary>
public sealed record Told
{
    /// <summary>Of a record that is closed to the actor nothing is said but that it is one.</summary>
    public static Told Hidden { get; } = new() { IsClosed = true };

    public bool IsClosed { get; private init; }

    /// <summary>Which one it is: <c>C-0012-3456-7 (High bill)</c>; words are masked by whoever tells.</summary>
    public string? Detail { get; init; }

    /// <summary>What whoever made it did: <c>recorded</c>, <c>promised</c>.</summary>
    public string Verb { get; init; } = "added";

    /// <summary>Who made it, and when; what the audit says where this is null.</summary>
    public ActorRef? By { get; init; }
    public DateTime? At { get; init; }

    /// <summary>The page of another record where this one is shown; that of its kind where this is null.</summary>
    public string? Href { get; init; }

    /// <summary>The customer at whose record somebody looks who asks why this one is there.</summary>
    public RecordRef? Customer { get; init; }

    /// <summary>Under which record the audit keeps it, where it is a part of another one.</summary>
    public RecordRef? PartOf { get; init; }

    /// <summary>More that is to be known, a sentence each.</summary>
    public IReadOnlyList<Remark> Remarks { get; init; } = [];

    /// <summary>The records that caused it, the nearest first.</summary>
    public IReadOnlyList<Lead> Leads { get; init; } = [];
}

/// <param name="Href">Where more is said about it.</param>
public sealed record Remark(string Text, DateTime? At = null, string? Href = null);

/// <param name="Words">How it led to the record: <c>because of</c>, <c>in</c>.</param>
public sealed record Lead(string Words, RecordRef Of);
