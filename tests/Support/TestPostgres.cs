namespace Tieline.Tests.Support;

/// <summary>The PostgreSQL server that <c>./tieline test</c> started for this run.</summary>
public static class TestPostgres
{
    public const string Variable = "TIELINE_TEST_POSTGRES";

    /// <summary>Connection string of the server's maintenance database, with a role that may create databases.</summary>
    /// <exception cref="InvalidOperationException">The variable is not set: a missing PostgreSQL fails, it does not skip.</exception>
    public static string ConnectionString =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } connectionString
            ? connectionString
            : throw new InvalidOperationException(
                $"{Variable} is not set. Run ./tieline test, or start a server with scripts/postgres.sh and export its connection string.");
}
