using Dapper;
using Tieline.Host;
using Tieline.Host.Commands;
using Tieline.Platform.Data.Postgres;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Security;

/// <summary>The same use, in this process or beside a running node.</summary>
[Collection(OneAtATime)]
public sealed class CommandLineTests
{
    /// <summary>Commands read the environment of the process.</summary>
    public const string OneAtATime = "command line";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Without_a_node_a_command_runs_in_its_own_process(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await File.WriteAllTextAsync(Path.Combine(house.Directory, MasterKey.FileName), Convert.ToBase64String(new byte[32]), Token);
        var (output, error) = (new StringWriter(), new StringWriter());
        var line = new CommandLine(new NodeOptions(house.Directory, house.Database, Durable: false), output, error);
        Assert.Equal(Exit.Done, await Create(line, "robot", PlatformPermissions.ReadAudit));
        Assert.StartsWith("tl_", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(Exit.Failed, await Create(line, "robot", "no.such.right"));
        Assert.Equal("tieline: There is no right 'no.such.right'.", error.ToString().Trim());
    }

    [Theory, BothDatabases]
    public async Task A_missing_right_ends_with_77_and_is_on_record(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await File.WriteAllTextAsync(Path.Combine(house.Directory, MasterKey.FileName), Convert.ToBase64String(new byte[32]), Token);
        var error = new StringWriter();
        var line = new CommandLine(new NodeOptions(house.Directory, house.Database, Durable: false), TextWriter.Null, error);
        var code = await line.Run((_, _) => throw new InvalidOperationException(), (services, ct) =>
        {
            ((CurrentActor)services.GetService(typeof(CurrentActor))!).Actor = Actors.Of(Roles.Csr);
            ((CurrentActor)services.GetService(typeof(CurrentActor))!).Require(PlatformPermissions.ManageUsers);
            return Task.FromResult(Exit.Done);
        }, Token);
        Assert.Equal(Exit.Forbidden, code);
        Assert.Equal("tieline: You do not have the right 'users.manage'.", error.ToString().Trim());
        await using var scope = house.As(Roles.TechnicalAdministrator);
        Assert.Equal("command", await (await scope.Connection()).ExecuteScalarAsync<string>("select source from audit_entry where action = 'denied'"));
    }

    [Fact]
    public async Task Beside_a_node_a_command_calls_its_API_and_a_second_node_is_refused()
    {
        await using var node = await RunningNode.Start(Token);
        var directory = node.Options.DataDirectory;
        var keyFile = Assert.Single(Directory.GetFiles(directory, "node.*.key"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keyFile));
        Assert.Equal(Exit.Busy, await Up.Run(node.Options, 0, demo: false, Token));

        var (output, error) = (new StringWriter(), new StringWriter());
        var line = new CommandLine(node.Options, output, error);
        Assert.Equal(Exit.Done, await Create(line, "robot", PlatformPermissions.ReadAudit));
        Assert.Equal(Exit.Done, await line.Use<ListApiKeys, ListApiKeys.Input, Page<ApiKeyLine>>(
            HttpMethod.Get, "/api-keys", new(), (to, page) => to.WriteLine(page.Items[0].CreatedBy.Name), Token));
        Assert.Equal("command line", output.ToString().Trim().Split('\n')[^1]);
        Assert.Equal(Exit.Done, await line.Use<RotateKeys, RotateKeys.Input, RotateKeys.Rotated>(HttpMethod.Post, "/keys/rotate", new(), (to, r) => to.WriteLine(r.Key), Token));
        Assert.Equal(Exit.Failed, await Create(line, "", PlatformPermissions.ReadAudit));
        Assert.Equal("tieline: Name is missing.", error.ToString().Trim());
        // A command for another database is not for this node.
        Assert.Contains("127.0.0.1:1", await Refused("--data", directory, "--database", "Host=127.0.0.1;Port=1;Database=other;Username=x", "batch", "list"), StringComparison.Ordinal);
        // The rights of the operator, and those over users and keys; not those of the desk.
        Assert.Equal(Exit.Forbidden, await line.Use<ListRights, ListRights.Input, RightsGrid>(HttpMethod.Get, "/rights", new(), (_, _) => { }, Token));

        await node.Stop();
        Assert.Empty(Directory.GetFiles(directory, "node.*.key"));
    }

    [Fact]
    public void A_database_is_known_again_whoever_signs_in_to_it()
    {
        var print = PostgresDialect.Fingerprint("Host=Db;Database=tieline;Username=ana;Password=secret");
        Assert.Equal(print, PostgresDialect.Fingerprint("Username=bo;Port=5432;Host=db;Database=tieline"));
        Assert.NotEqual(print, PostgresDialect.Fingerprint("Host=db;Database=test;Username=ana"));
    }

    [Fact]
    public async Task What_an_operator_did_wrong_is_said_in_one_line()
    {
        var directory = Directory.CreateTempSubdirectory("tieline-node-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(directory, "node.lock"));
            var file = Path.Combine(directory, "file");
            await File.WriteAllTextAsync(file, "", Token);
            Assert.Contains("denied", await Refused("--data", directory, "up", "--port", "0"), StringComparison.Ordinal);
            Assert.Contains(file, await Refused("--data", file, "up", "--port", "0"), StringComparison.Ordinal);
            foreach (var command in (string[][])[["up", "--port", "0"], ["batch", "list"]])
                Assert.StartsWith("tieline: --database takes a connection string", await Refused(["--data", directory, "--database", "postgres://ana:secret@db/tieline", .. command]), StringComparison.Ordinal);
            Assert.Equal("tieline: --port takes a number from 0 (any free one) to 65535. (see --help)", await Refused("up", "--port", "99999"));

            var traced = new StringWriter();
            Assert.Equal(Exit.Failed, await Root.Run(["--trace", "--data", file, "up", "--port", "0"], TextWriter.Null, traced, ct: Token));
            Assert.Contains("   at ", traced.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <returns>The one line that says why.</returns>
    private static async Task<string> Refused(params string[] typed)
    {
        var error = new StringWriter();
        Assert.NotEqual(Exit.Done, await Root.Run(typed, TextWriter.Null, error, ct: Token));
        return Assert.Single(error.ToString().Trim().Split('\n'));
    }

    private static Task<int> Create(CommandLine line, string name, params string[] permissions) =>
        line.Use<CreateApiKey, CreateApiKey.Input, CreateApiKey.Created>(
            HttpMethod.Post, "/api-keys", new(name, permissions), (output, created) => output.WriteLine(created.Key), Token);
}
