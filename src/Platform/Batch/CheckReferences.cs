using Dapper;
using Tieline.Platform.Data;

namespace Tieline.Platform.Batch;

/// <summary>REF-CHECK: walks the rows of each <see cref="ReferenceRule"/>, and puts aside those that break it. It changes nothing.</summary>
internal sealed class CheckReferences(AppDb db, IEnumerable<ReferenceRule> rules) : IBatchProcess
{
    public const string BatchCode = "REF-CHECK";
    public const string Only = "rule";

    private readonly ReferenceRule[] rules = [.. rules.OrderBy(r => r.Number)];

    public string Code => BatchCode;

    public string Description => "Rows that break a rule which nobody should be able to break";

    // Behind the others: what they were still to do is done.
    public BatchUsual Usual => new("0 30 3 * * ?", Threads: 2, Records: 5_000);

    public IReadOnlyList<BatchParameter> Parameters => [new(Only, "Only one rule", BatchParameterKind.Choice, "all rules", Options: [.. rules.Select(r => new Ui.Option(r.Code, $"{r.Code}: {r.Says}"))])];

    /// <summary>What one rule found is not another's to resolve.</summary>
    public bool ComesPast(BatchInput input, long key) => input.Text(Only) is not { } only || rules.Any(r => r.Code == only && r.Has(key));

    public async Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var (asked, rows) = (Asked(input), new Dictionary<string, long>(StringComparer.Ordinal));
        foreach (var table in asked.Select(r => r.Table).Distinct(StringComparer.Ordinal))
        {
            var (count, most) = await connection.QuerySingleAsync<(long, long)>(new CommandDefinition($"select count(*), coalesce(max(id), 0) from {table}", transaction: transaction, commandTimeout: 0, cancellationToken: ct));
            if (most > ReferenceRule.MostId)
                throw new InvalidOperationException($"The ids of {table} have grown beyond what the keys of {BatchCode} hold: {most}.");
            rows[table] = count;
        }
        var (cut, after, selected, each) = (new List<BatchPart>(), 0L, 0L, asked.Sum(r => rows[r.Table]) / parts);
        foreach (var rule in asked)
        {
            selected += rows[rule.Table];
            if (rule != asked[^1] && (selected < each || cut.Count == parts - 1))
                continue;
            cut.Add(new BatchPart(after, rule.Last, selected));
            (after, selected) = (rule.Last, 0);
        }
        return cut;
    }

    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        if (Array.Find(Asked(input), r => r.Last > slice.After) is not { } rule || rule.Before >= slice.UpTo)
            return new BatchStep(slice.After, 0, 0, Last: true);
        var (after, upTo) = (Math.Max(0, slice.After - rule.Before), Math.Min(ReferenceRule.MostId, slice.UpTo - rule.Before));
        var (connection, transaction) = await db.Sql(ct);
        var (last, rows) = await connection.QuerySingleAsync<(long Last, long Rows)>(Asks(
            $"select coalesce(max(id), 0), count(*) from (select id from {rule.Table} where id > @after and id <= @upTo order by id limit @records) window_of_rows",
            new { after, upTo, records = slice.Records }));
        // Behind the last row of a rule comes the first of the next.
        var end = rows < slice.Records ? upTo : last;
        var broken = (await connection.QueryAsync<(long Id, string About)>(Asks(
            $"select r.id, {rule.About} from {rule.Table} r where r.id > @after and r.id <= @end and ({rule.Broken}) order by r.id limit @most",
            new { after, end, most = BatchStep.MostInError }))).AsList();
        if (broken.Count == BatchStep.MostInError)
        {
            end = broken[^1].Id;
            rows = await connection.ExecuteScalarAsync<long>(Asks($"select count(*) from {rule.Table} where id > @after and id <= @end", new { after, end }));
        }
        return new BatchStep(rule.KeyOf(end), (int)rows - broken.Count, 0, Last: rule.KeyOf(end) >= slice.UpTo)
        {
            InError = broken.ConvertAll(b => new RecordInError(new BatchRecord(rule.KeyOf(b.Id), RecordRef.Parse(b.About)), $"It breaks {rule.Code}: {rule.Says}")),
        };

        CommandDefinition Asks(string sql, object values) => new(sql, values, transaction, cancellationToken: ct);
    }

    private ReferenceRule[] Asked(BatchInput input) => input.Text(Only) is { } only ? [.. rules.Where(r => r.Code == only)] : rules;
}
