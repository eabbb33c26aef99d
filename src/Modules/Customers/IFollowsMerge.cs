using System.Linq.Expressions;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers.Merging;
using Tieline.Platform.Data;

namespace Tieline.Customers;

/// <summary>Of what there is how much, in words: ("contacts", 12).</summary>
public sealed record MergeCount(string What, int Count);

/// <summary>What two records say differently, and what becomes of it.</summary>
/// <param name="Stops">They cannot be merged while it is so.</param>
public sealed record MergeConflict(string Text, bool Stops = false);

/// <summary>A row that went along, or was changed, and what it said before where that is more than the old id.</summary>
/// <param name="Field">Table and column: <c>contact.person_id</c>.</param>
public sealed record MovedRow(string Field, long Id, string? Before = null);

/// <summary>
/// Rows of a room that name a person or a premise: when it is merged into another, they follow it, and come back when that is undone.
/// All in the transaction of the merge, which holds both records.
/// </summary>
public interface IFollowsMerge
{
    /// <summary><c>person</c> or <c>premise</c>.</summary>
    string Kind { get; }

    /// <summary>Table and column, <c>contact.person_id</c>: of every such column in the schema somebody takes care.</summary>
    IReadOnlyCollection<string> Covers { get; }

    /// <summary>Lower ones go first: the rooms from the top of the house down, as an upper one makes rows of a lower one.</summary>
    int Order { get; }

    /// <summary>What would follow, for the preview.</summary>
    Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct);

    /// <summary>What both have and is not the same.</summary>
    Task<IReadOnlyList<MergeConflict>> Conflicts(long from, long into, CancellationToken ct) => Task.FromResult<IReadOnlyList<MergeConflict>>([]);

    /// <returns>Exactly what was moved or changed.</returns>
    Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct);

    /// <summary>What has happened since that stands against undoing it; readable.</summary>
    /// <param name="moved">What <see cref="Move"/> gave, of the fields that this one covers.</param>
    Task<IReadOnlyList<string>> Contradicts(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Of the moved rows those that still are with <paramref name="into"/> go back to <paramref name="from"/>.</summary>
    Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct);

    /// <summary>Rows of one table that all go along as they are; changes are audited where the entity is.</summary>
    /// <param name="column">A <c>long</c> or <c>long?</c> that holds the id.</param>
    /// <param name="what">In words, plural: "contacts".</param>
    /// <param name="other">Another column of the table that names such a record: a row that would name the survivor in both stays behind.</param>
    static IFollowsMerge Rows<T>(IServiceProvider services, string kind, int order, Expression<Func<T, long?>> column, string what, Expression<Func<T, long?>>? other = null) where T : class =>
        new RowsFollow<T>(services.GetRequiredService<AppDb>(), kind, order, column, what, other);
}
