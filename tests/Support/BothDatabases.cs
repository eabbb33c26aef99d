using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Tieline.Tests.Support;

public enum TestDatabase { Sqlite, Postgres }

/// <summary>Runs a theory once on each database. A missing PostgreSQL fails the test, it does not skip.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BothDatabasesAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow<TestDatabase>(TestDatabase.Sqlite), new TheoryDataRow<TestDatabase>(TestDatabase.Postgres)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
