using Npgsql;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules;

public sealed class GroundTests
{
    [Fact]
    public async Task PostgreSQL_15_or_newer_answers()
    {
        await using var connection = new NpgsqlConnection(TestPostgres.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        Assert.True(connection.PostgreSqlVersion.Major >= 15, $"PostgreSQL {connection.PostgreSqlVersion} is too old");
    }
}
