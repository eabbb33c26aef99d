using Tieline.Customers;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Merging;

/// <summary>A room that names people or premises in a table of its own says what becomes of the rows when two of them are merged.</summary>
public class FollowsTests
{
    /// <summary>Columns that stay as they are, and why.</summary>
    private static readonly Dictionary<string, string> Stay = new(StringComparer.Ordinal)
    {
        ["look.subject"] = "what was looked at is told as it was then",
        ["audit_entry.subject"] = "the history of the record that was merged stays with it",
        ["to_do.subject"] = "it is what is to be done, in words",
        ["notice.subject"] = "it tells of jobs, runs and web hooks",
        ["shift_log.subject"] = "what one shift told the next is told as it was then",
        ["merge.from_id"] = "it is the merge itself",
        ["merge.into_id"] = "it is the merge itself",
    };

    [Theory, BothDatabases]
    public async Task Every_column_that_names_a_person_or_a_premise_has_someone_who_moves_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Actor.Process("test"));
        var schema = await scope.Db.Dialect.ReadSchema(await scope.Connection(), CancellationToken.None);
        var named = schema.SelectMany(t => t.Columns.Where(c => Names(c.Name)).Select(c => $"{t.Name}.{c.Name}")).ToArray();
        var covered = scope.Get<IEnumerable<IFollowsMerge>>().SelectMany(f => f.Covers).ToHashSet(StringComparer.Ordinal);

        Assert.Contains("contact.person_id", named);
        Assert.Equal([], named.Where(n => !covered.Contains(n) && !Stay.ContainsKey(n)));
        // Nothing is covered that is not there: a column that was renamed would be forgotten without a word.
        Assert.Empty(covered.Except(schema.SelectMany(t => t.Columns.Select(c => $"{t.Name}.{c.Name}")), StringComparer.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task Of_a_kind_no_column_has_two_who_move_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Actor.Process("test"));
        var twice = scope.Get<IEnumerable<IFollowsMerge>>().SelectMany(f => f.Covers.Select(c => (f.Kind, c))).GroupBy(x => x).Where(g => g.Count() > 1).Select(g => g.Key);
        Assert.Empty(twice);
    }

    private static bool Names(string column) =>
        column is "person_id" or "premise_id" or "subject" or "merged_into_id" or "from_id" or "into_id"
        || (column.EndsWith("_person_id", StringComparison.Ordinal) || column.EndsWith("_premise_id", StringComparison.Ordinal) || column.EndsWith("_customer_id", StringComparison.Ordinal));
}
