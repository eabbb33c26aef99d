namespace Tieline.Platform.Demo;

/// <summary>How large a demonstration world is; the same plan always gives the same world.</summary>
/// <param name="AsOf">The day the world looks back from; nothing in it happened later.</param>
/// <param name="People">People and organisations; each has one premise of its own.</param>
/// <param name="Employees">Employees of the utility.</param>
/// <param name="ContactsPerPerson">Contacts on average over the two years before <paramref name="AsOf"/>.</param>
/// <param name="Seed">Another seed is another world.</param>
public sealed record DemoPlan(DateOnly AsOf, int People = 20_000, int Employees = 500, int ContactsPerPerson = 3, ulong Seed = 4711)
{
    public long Contacts => (long)People * ContactsPerPerson;
}

/// <summary>A room's loader of demonstration data; loaders run in the order of <see cref="Order"/>, rooms lower in the house first.</summary>
public interface IDemoData
{
    int Order { get; }

    /// <summary>What is loaded, for the progress line: "customers".</summary>
    string Name { get; }

    /// <summary>Asks the database about what was loaded before: it must have counted that first.</summary>
    bool Searches => false;

    Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct);
}
