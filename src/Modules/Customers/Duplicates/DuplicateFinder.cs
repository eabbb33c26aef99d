using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;

namespace Tieline.Customers.Duplicates;

/// <summary>What one look found.</summary>
/// <param name="Compared">Pairs that had something in common and were compared.</param>
/// <param name="Found">Of them those that look like one.</param>
internal sealed record FoundPairs(int Records, int Compared, int Found)
{
    public static FoundPairs operator +(FoundPairs one, FoundPairs other) => new(one.Records + other.Records, one.Compared + other.Compared, one.Found + other.Found);
}

/// <summary>A pair that looks like one.</summary>
internal sealed record Suspected(long A, long B, int Score, string Reasons, string Facts);

/// <summary>
/// Looks for everyone's likeness among those who came before them. Nobody is compared with everybody: the indexes tell, in one statement for
/// some thousand records, who shares a phone, an e-mail, a number, a birthday under the same name, or a place under the same initial. What more
/// than a few share says nothing of any of them, and is left out: so the work grows with the number of records, not with its square.
/// </summary>
internal sealed class DuplicateFinder(AppDb db, ComparedPeople people, ComparedPremises premises)
{
    /// <summary>Looks for the likeness of the records with these keys, and keeps what it finds, in the running transaction.</summary>
    public async Task<FoundPairs> Look(long after, long upTo, CancellationToken ct) =>
        await Look(MergeKind.Person, people, after, upTo, ct) + await Look(MergeKind.Premise, premises, after, upTo, ct);

    private async Task<FoundPairs> Look(MergeKind kind, ICompared records, long after, long upTo, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var count = await connection.ExecuteScalarAsync<int>(new CommandDefinition(records.Count, new { after, upTo }, transaction, cancellationToken: ct));
        if (count == 0)
            return new FoundPairs(0, 0, 0);
        var candidates = (await connection.QueryAsync<(long A, long B)>(new CommandDefinition(records.Candidates, new { after, upTo }, transaction, 600, cancellationToken: ct))).AsList();
        var found = new List<Suspected>();
        foreach (var some in candidates.Chunk(2_000))
            found.AddRange(await records.Compare(some, ct));
        await Keep(kind, found, after, upTo, ct);
        return new FoundPairs(count, candidates.Count, found.Count);
    }

    /// <summary>What was found before and is not any more is forgotten, unless somebody has said something of it.</summary>
    private async Task Keep(MergeKind kind, List<Suspected> found, long after, long upTo, CancellationToken ct)
    {
        var known = await db.Set<DuplicatePair>().Where(p => p.Kind == kind && p.BId > after && p.BId <= upTo).ToDictionaryAsync(p => (p.AId, p.BId), ct);
        var added = new List<DuplicatePair>();
        var seen = new HashSet<(long, long)>();
        foreach (var pair in found)
        {
            seen.Add((pair.A, pair.B));
            if (known.TryGetValue((pair.A, pair.B), out var before))
                before.Again(pair.Score, pair.Reasons, pair.Facts, db.Now);
            else
                added.Add(new DuplicatePair(db.NextId(), kind, pair.A, pair.B, pair.Score, pair.Reasons, pair.Facts, db.Now));
        }
        db.RemoveRange(known.Where(k => k.Value.State == DuplicateState.Open && !seen.Contains(k.Key)).Select(k => k.Value));
        await db.SaveChangesAsync(ct);
        await db.BulkInsertAudited(added, ct);
    }

    /// <summary>A digest that is the same as long as the texts are, in whatever order the two come.</summary>
    public static string Digest(string one, string other) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.CompareOrdinal(one, other) < 0 ? $"{one}\n{other}" : $"{other}\n{one}")))[..32];
}

/// <summary>How records of a kind are compared.</summary>
internal interface ICompared
{
    /// <summary>SQL: how many there are behind <c>@after</c>, up to <c>@upTo</c>.</summary>
    string Count { get; }

    /// <summary>SQL: pairs (lower id, higher id) of which the second is one of them.</summary>
    string Candidates { get; }

    Task<IReadOnlyList<Suspected>> Compare(IReadOnlyCollection<(long A, long B)> pairs, CancellationToken ct);
}
