using Microsoft.Extensions.DependencyInjection;

namespace Tieline.Platform.Batch;

/// <summary>What is true of every row of a table, though no foreign key or index of the databases says so. Nobody can break it by a use: <c>REF-CHECK</c> looks whether somebody did.</summary>
/// <param name="Number">
/// For good, from 1 to <see cref="MostNumber"/>, and of this rule alone, also when it is gone: records in error are known again by it. Rooms count by the hundred, in their order.
/// </param>
/// <param name="Code">E.g. <c>PERSON-MAIN-NAME</c>.</param>
/// <param name="Says">One sentence, as an operator reads it.</param>
/// <param name="Table">Whose rows are looked at, in the order of their <c>id</c>.</param>
/// <param name="Broken">SQL of both databases: the condition that row <c>r</c> breaks the rule by. What it asks of others is found by an index.</param>
/// <param name="About">SQL of both databases: the record that a person opens, as <c>kind:id</c>.</param>
public sealed record ReferenceRule(int Number, string Code, string Says, string Table, string Broken, string About)
{
    public const int MostNumber = short.MaxValue;

    // The process walks keys of 63 bits: the number of the rule, and below it the id of the row. Ids are given out from 1 in blocks; 2^48 of them are not used up.
    private const int IdBits = 48;

    public const long MostId = (1L << IdBits) - 1;

    /// <summary>Before the key of the first row that it can look at.</summary>
    public long Before => (long)Number << IdBits;

    /// <summary>The key of the last one.</summary>
    public long Last => Before | MostId;

    public long KeyOf(long id) => Before | id;

    public bool Has(long key) => key >> IdBits == Number;
}

public static class ReferenceRules
{
    public static void AddReferenceRules(this IServiceCollection services, params ReadOnlySpan<ReferenceRule> rules)
    {
        foreach (var rule in rules)
            services.AddSingleton(rule);
    }
}
