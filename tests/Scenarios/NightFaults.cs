using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieline.Platform.Batch;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Scenarios;

/// <summary>What a night must survive: nodes and databases that go away in the middle of a run. Every record is done exactly once, and all counts agree.</summary>
public class NightFaults
{
    private const string Full = "The disk of the database is full.";
    private static readonly DateOnly Day = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(2);

    [Fact]
    public Task Two_nodes_share_a_run_and_the_other_takes_over_what_one_had() => Share(2);

    [Fact]
    [Trait("Category", "Long")]
    public Task Three_nodes_share_a_run_and_the_others_take_over_what_one_had() => Share(3);

    private static async Task Share(int count)
    {
        // So many that none is too late to have a part.
        var reminders = 20_000 * (count - 1);
        await using var house = await TestHouse.Open(TestDatabase.Postgres);
        await KilledWorker.Promise(house, reminders, Day);
        long run;
        var nodes = Enumerable.Range(0, count).Select(i => Node.Start(house, beside: i)).ToList();
        try
        {
            foreach (var node in nodes)
                await node.Serves();
            Assert.Equal(count, await Count(house, "select count(*) from job_node"));
            await FiresOnce(house, nodes[1]);
            run = await Submit(house, threads: 2 * count, records: 100);
            await nodes[1].Until(async () => await Count(house, $"select count(distinct node) from batch_chunk where run_id = {run} and done > 0") == count);
            nodes[0].Kill();
            await nodes[1].Until(async () => await Over(house, run));
        }
        finally
        {
            nodes.ForEach(n => n.Dispose());
        }
        await AllAgree(house, run, reminders);
        // What the dead one had was taken a second time.
        Assert.NotEqual(0, await Count(house, $"select count(*) from batch_chunk where run_id = {run} and attempts > 1"));
        Assert.Equal(count, await Count(house, "select count(*) from job_node"));
    }

    [Fact]
    public async Task A_node_that_has_a_slot_free_takes_over_when_the_lease_of_a_dead_one_ends()
    {
        const int reminders = 20_000;
        await using var house = await TestHouse.Open(TestDatabase.Postgres);
        await KilledWorker.Promise(house, reminders, Day);
        using var one = Node.Start(house);
        using var two = Node.Start(house, beside: 1);
        await one.Serves();
        await two.Serves();
        var run = await Submit(house, threads: 1, records: 100);
        await two.Until(async () => await Done(house, run) > 0);
        var (dead, other) = await Count(house, $"select count(*) from batch_chunk where run_id = {run} and node like '%/{one.Id}/%'") > 0 ? (one, two) : (two, one);
        var thread = await Count(house, "select id from job where kind = 'batch.run' and state = 'Running'");
        Assert.Equal(0, await Count(house, $"select count(*) from job where id = {thread} and lease_until > now() + interval '2 seconds'"));
        dead.Kill();
        var done = await Done(house, run);
        Assert.InRange(done, 1, reminders - 1);
        await other.Until(async () => await Done(house, run) > done);
        Assert.Equal(1, await Count(house, $"select count(*) from job where id = {thread} and attempts = 2 and node like '%/{other.Id}/%'"));
        await other.Until(async () => await Over(house, run));
        other.Kill();
        await AllAgree(house, run, reminders);
    }

    [Fact]
    public async Task A_run_whose_lines_to_the_database_are_cut_goes_on()
    {
        const int reminders = 10_000;
        await using var house = await TestHouse.Open(TestDatabase.Postgres);
        await KilledWorker.Promise(house, reminders, Day);
        var run = await Submit(house, threads: 2, records: 100);
        var name = new NpgsqlConnectionStringBuilder(house.Database).Database;
        using var node = Node.Start(house);
        for (var cut = 1; cut <= 3; cut++)
        {
            var least = cut * reminders / 10;
            await node.Until(async () => await Count(house, $"select coalesce(sum(done), 0) from batch_chunk where run_id = {run}") >= least);
            await using var server = new NpgsqlConnection(TestPostgres.ConnectionString);
            await server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = @name", new { name });
        }
        await node.Until(async () => await Over(house, run));
        node.Kill();
        await AllAgree(house, run, reminders);
    }

    [Theory, BothDatabases]
    [Trait("Category", "Long")]
    public async Task A_worker_that_is_killed_twenty_times_does_every_record_once(TestDatabase on)
    {
        const int reminders = 100_000;
        var random = new Random(20_261_123);
        await using var house = await TestHouse.Open(on);
        await KilledWorker.Promise(house, reminders, Day);
        var run = await Submit(house, threads: 2, records: 50);
        for (var kills = 0; kills < 20; kills++)
        {
            var before = await Done(house, run);
            using var node = Node.Start(house);
            await node.Until(async () => await Done(house, run) > before);
            // Anywhere in a slice, or between two.
            await Task.Delay(random.Next(0, 250), TestContext.Current.CancellationToken);
            node.Kill();
            Assert.False(await Over(house, run), $"it was over after {kills} kills");
        }
        using var last = Node.Start(house);
        await last.Until(async () => await Over(house, run));
        last.Kill();
        await AllAgree(house, run, reminders);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task PostgreSQL_may_crash_and_start_again_in_the_middle_of_a_run()
    {
        const int reminders = 30_000;
        var folder = Directory.CreateTempSubdirectory("tieline-cluster-").FullName;
        try
        {
            var server = await Script("start", folder);
            await using var house = await TestHouse.OpenOn(server);
            await KilledWorker.Promise(house, reminders, Day);
            var run = await Submit(house, threads: 2, records: 100);
            using var node = Node.Start(house);
            await node.Until(async () => await Done(house, run) > reminders / 10);
            await Script("restart", folder);
            await node.Until(async () => await Over(house, run));
            node.Kill();
            await AllAgree(house, run, reminders);
        }
        finally
        {
            await Script("stop", folder);
        }
    }

    [Theory, BothDatabases]
    public async Task A_worker_that_the_demonstration_kills_is_started_again_and_goes_on_at_once(TestDatabase on)
    {
        const int reminders = 5_000;
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Actor.Process("test")))
        {
            // A demonstration without its town: nothing else is due.
            await scope.Get<ISettings>().Set(Demonstration.AsOf, $"{Day:yyyy-MM-dd}", CancellationToken.None);
            foreach (var part in scope.Get<IEnumerable<IDemoData>>())
                await scope.Get<ISettings>().Set(new SettingKey<string>($"demo.loaded.{part.Name}", "", ""), "loaded", CancellationToken.None);
            await scope.Db.SaveChangesAsync(CancellationToken.None);
        }
        // The run is of the utility's day, which may be the one before that of UTC.
        await KilledWorker.Promise(house, reminders, Day.AddDays(-3));
        using var node = Node.Start(house, kept: true);
        using var operation = await node.Client(house, BatchPermissions.Run);
        using var answer = await operation.PostAsJsonAsync("/api/v1/demo/kills", new { code = "TD-CCCB" });
        var run = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
        await node.Until(async () => await Over(house, run));
        node.Kill();
        Assert.Contains("It was killed, and is started again.", node.Said, StringComparison.Ordinal);
        Assert.NotEqual(0, await Count(house, $"select count(*) from batch_chunk where run_id = {run} and attempts > 1"));
        Assert.Equal(2, await Count(house, "select count(*) from job_node"));
        await AllAgree(house, run, reminders);
    }

    [Theory, BothDatabases]
    [Trait("Category", "Long")]
    public async Task A_full_disk_fails_the_run_and_says_so_and_the_same_run_completes_when_there_is_room(TestDatabase on)
    {
        const int reminders = 20_000;
        using var disk = SmallDisk.Mount(megabytes: 256);
        var folder = Directory.CreateTempSubdirectory("tieline-cluster-").FullName;
        try
        {
            await using var house = on == TestDatabase.Sqlite
                ? await TestHouse.OpenIn(disk.Folder("house"))
                : await TestHouse.OpenOn(await Script("start", folder), disk.Folder("tables", "postgres"));
            await KilledWorker.Promise(house, reminders, Day);
            using var node = Node.Start(house);
            using var machine = await node.Client(house, BatchPermissions.Read);
            disk.Fill(leftKilobytes: 4_000);
            var run = await Submit(house, threads: 2, records: 500);
            // Said by the node itself: where nothing can be written, no record can say so.
            await node.Until(async () => (await machine.GetStringAsync("/api/v1/jobs/queue")).Contains(Full, StringComparison.Ordinal) || await Over(house, run));
            // For some more tries, all in vain.
            await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
            Assert.InRange(await Done(house, run), 0, reminders - 1);
            disk.Free();
            await node.Until(() => Over(house, run));
            if (await Count(house, $"select count(*) from batch_run where id = {run} and state = 'Failed' and message = '{Full}'") == 1)
                Assert.Equal(run, await Submit(house, threads: 2, records: 500));
            await node.Until(() => Over(house, run));
            node.Kill();
            await AllAgree(house, run, reminders);
        }
        finally
        {
            await Script("stop", folder);
        }
    }

    private static async Task<long> Submit(TestHouse house, int threads, int records)
    {
        await using var scope = house.As(Actor.Process("test"));
        return (await scope.Get<SubmitBatch>().Handle(new("TD-CCCB", Day, null, Threads: threads, Records: records), CancellationToken.None)).Value.Id;
    }

    private static Task<long> Done(TestHouse house, long run) => Count(house, $"select coalesce(sum(done), 0) from batch_chunk where run_id = {run}");

    private static async Task<bool> Over(TestHouse house, long run) => await Count(house, $"select count(*) from batch_run where id = {run} and state not in ('Pending', 'Running')") == 1;

    private static async Task AllAgree(TestHouse house, long run, int reminders)
    {
        Assert.Equal(1, await Count(house, $"select count(*) from batch_run where id = {run} and state = 'Completed'"));
        foreach (var count in (string[])
            [
                $"select sum(done) from batch_chunk where run_id = {run}", $"select sum(selected) from batch_chunk where run_id = {run}",
                "select count(*) from to_do where type_code = 'TD-CCCB'", "select count(distinct cause) from to_do where type_code = 'TD-CCCB'",
                "select count(*) from reminder r join to_do t on t.cause = 'reminder:' || r.id where r.state = 'Due'",
                "select count(*) from to_do_log l join to_do t on t.id = l.to_do_id where t.type_code = 'TD-CCCB'",
                "select count(*) from audit_entry a join to_do t on a.subject = 'to_do:' || t.id where a.action = 'created' and t.type_code = 'TD-CCCB'",
            ])
            Assert.Equal((count, (long)reminders), (count, await Count(house, count)));
    }

    /// <summary>A schedule whose timer all the nodes have before them.</summary>
    private static async Task FiresOnce(TestHouse house, Node node)
    {
        long id;
        await using (var scope = house.As(Roles.Operator))
        {
            var at = DateTime.UtcNow.AddSeconds(3);
            id = (await scope.Get<AddSchedule>().Handle(new("TD-AGE", "Once", $"{at.Second} {at.Minute} {at.Hour} {at.Day} {at.Month} ?", "UTC"), TestContext.Current.CancellationToken)).Value.Id;
        }
        await node.Until(async () => await Count(house, $"select count(*) from batch_fire f join batch_run r on r.id = f.run_id where f.schedule_id = {id} and f.outcome = 'Submitted' and r.state = 'Completed'") == 1);
        Assert.Equal(1, await Count(house, $"select count(*) from batch_fire where schedule_id = {id}"));
        Assert.Equal(1, await Count(house, "select count(*) from batch_run where code = 'TD-AGE'"));
        Assert.Equal(1, await Count(house, $"select count(*) from job where kind = 'batch.schedule' and state = 'Done' and payload like '%{id}%'"));
    }

    /// <summary>The line of the test itself may have been cut as well: it asks again.</summary>
    private static async Task<long> Count(TestHouse house, string sql)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await KilledWorker.Count(house, sql);
            }
            catch (NpgsqlException) when (tries < 100)
            {
                // Until the server takes lines again.
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
    }

    private static async Task<string> Script(string what, string folder)
    {
        using var script = Process.Start(new ProcessStartInfo(Paths.InProject("scripts", "postgres.sh"), [what, folder]) { RedirectStandardOutput = true })!;
        var said = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        Assert.Equal(0, script.ExitCode);
        return said.Trim();
    }
}
