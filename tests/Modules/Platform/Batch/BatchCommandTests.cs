using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Reminders;
using Tieline.Host.Commands;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Modules.Platform.Jobs;
using Tieline.Tests.Modules.Platform.Security;
using Tieline.Tests.Support;
using static Tieline.Tests.Modules.Platform.TypedCommand;

namespace Tieline.Tests.Modules.Platform.Batch;

/// <summary><c>./tieline batch …</c> as it is typed, in this process and beside a running node.</summary>
[Collection(CommandLineTests.OneAtATime)]
public sealed class BatchCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Without_a_node_promises_become_to_dos_by_business_date_and_lead_days(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var at = await At(house);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given);
        DateOnly today;
        await using (var scope = house.As(Roles.Csr))
        {
            today = await scope.Get<IUtilityClock>().Today(Token);
            Assert.True((await scope.Get<AddReminder>().Handle(new(id, new(today.AddDays(10))), Token)).Ok);
        }
        string Day(int days) => today.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        int code;
        foreach (var (days, done) in new[] { (7, 0), (8, 1), (8, 0) })
        {
            (code, var output, var error) = await Type([.. at, "batch", "run", "td-cccb", "--business-date", Day(days), "--lead-days", "2", "--anyway"]);
            Assert.Equal(Exit.Done, code);
            // How far it is, where it is seen before it is over.
            Assert.Matches($"^(TD-CCCB run [0-9]+: {done} done, 0 skipped \\.\\.\\.)?$", error);
            Assert.Matches($"^TD-CCCB run [0-9]+ for {Day(days)}: {done} done, 0 skipped$", output);
        }
        (code, var listed, _) = await Type([.. at, "batch", "list"]);
        Assert.Equal(Exit.Done, code);
        Assert.Contains("To Dos for what was promised to customers", listed, StringComparison.Ordinal);
        Assert.Matches($"TD-CCCB +run +[0-9]+ +{Day(8)} +Completed +1 done +0 skipped", listed);

        // An old run says again what it did, and does nothing.
        var run = Regex.Match(listed, $"([0-9]+) +TD-CCCB +run +[0-9]+ +{Day(8)} +Completed +1 done").Groups[1].Value;
        await using var reading = house.As(Roles.Operator);
        var audited = await reading.Db.Set<AuditEntry>().CountAsync(Token);
        foreach (var _ in (int[])[1, 2])
        {
            (code, var extract, var error) = await Type([.. at, "batch", "extract", run]);
            Assert.Equal((Exit.Done, ""), (code, error));
            Assert.Matches($"^action,record,part,at\r?\n(?s).*(?m)^created,to_do:[0-9]+,,{DateTime.UtcNow.Year}-", extract);
            Assert.Contains("changed,contact:", extract, StringComparison.Ordinal);
            Assert.DoesNotContain("batch_run", extract, StringComparison.Ordinal);
        }
        Assert.Equal(audited, await reading.Db.Set<AuditEntry>().CountAsync(Token));
        Assert.Equal(1, await reading.Db.Set<BatchRun>().CountAsync(r => r.Id == long.Parse(run, CultureInfo.InvariantCulture), Token));
        (code, _, var unknown) = await Type([.. at, "batch", "extract", "1"]);
        Assert.Equal((Exit.Failed, "tieline: This batch run is not here (any more)."), (code, unknown));
    }

    [Theory, BothDatabases]
    public async Task The_list_says_which_batch_is_failing_or_late_and_why(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var at = await At(house);
        await using (var scope = house.As(Roles.Operator))
        {
            foreach (var (code, failed) in new[] { ("TD-CCCB", true), ("RETENTION", false) })
            {
                var control = await scope.Db.Set<BatchControl>().SingleAsync(c => c.Code == code, Token);
                control.LongestMinutes = 60;
                var run = new BatchRun { Id = scope.Db.NextId(), Code = code, Number = 7, BusinessOn = new(2026, 3, 10), Parameters = "{}", Threads = 1, Records = 1, MaxErrors = 1, StartedBy = scope.Db.Actor.Ref, CreatedAt = scope.Db.Now };
                run.Start(scope.Db.Now.AddMinutes(-95));
                if (failed)
                    run.Fail("The disk is full", scope.Db.NextId(), scope.Db.Now);
                scope.Db.Add(run);
            }
            await scope.Db.SaveChangesAsync(Token);
        }
        var (code2, listed, _) = await Type([.. at, "batch", "list"]);
        Assert.Equal(Exit.Done, code2);
        Assert.Matches("(?m)^TD-CCCB +failing +To Dos for what was promised to customers\\s+Run 7 failed: The disk is full$", listed);
        Assert.Matches("(?m)^RETENTION +late +[^\n]+\n +Run 7 has gone on for 95 minutes; 60 is the most.$", listed);
        Assert.Matches("(?m)^TD-ESC +on time ", listed);
    }

    [Theory, BothDatabases]
    public async Task What_is_wrong_is_said_in_one_line(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var at = await At(house);
        var (code, output, error) = await Type([.. at, "batch", "run", "NO-SUCH"]);
        Assert.Equal((Exit.Failed, ""), (code, output));
        Assert.Matches("^tieline: There is no batch NO-SUCH. There are: .*TD-CCCB.*$", error);
        Assert.Equal(
            (Exit.Usage, "", "tieline: --business-date takes year-month-day, e.g. 2026-03-10, not '2026-13-40'. (see --help)"),
            await Type([.. at, "batch", "run", "TD-CCCB", "--business-date", "2026-13-40"]));
        (code, _, error) = await Type([.. at, "batch", "run", "TD-CCCB", "--business-date", "1900-01-01"]);
        Assert.Equal((Exit.Failed, "tieline: The business date 1900-01-01 is too far from today."), (code, error));
        var far = DateTime.UtcNow.AddMonths(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        (code, _, error) = await Type([.. at, "batch", "run", "TD-CCCB", "--business-date", far]);
        Assert.Equal((Exit.Failed, true), (code, error.StartsWith($"tieline: The business date {far} is ", StringComparison.Ordinal)));
        (code, _, error) = await Type([.. at, "batch", "run", "TD-CCCB", "--lead-days", "999"]);
        Assert.Equal((Exit.Failed, "tieline: lead-days must be a number from 0 to 365, not '999'."), (code, error));
        foreach (var wrong in (string[][])[["batch", "run", "TD-CCCB", "--lead-days", "two"], ["batch", "run"], ["batch", "walk"], ["batch"], ["no-such"]])
        {
            (code, _, error) = await Type([.. at, .. wrong]);
            Assert.Equal((Exit.Usage, 1), (code, error.Split('\n').Length));
        }
        (code, _, error) = await Type([.. at, "batch", "run", "TD-CCCB"], key: await Reader(house));
        Assert.Equal((Exit.Forbidden, "tieline: You do not have the right 'batch.run'."), (code, error));
    }

    [Theory, BothDatabases]
    public async Task A_run_takes_its_own_threads_and_errors_one_that_waits_is_begun_and_all_errors_are_told(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var at = await At(house);
        Assert.Equal(Exit.Done, (await Type([.. at, "batch", "run", "TD-CCCB", "--threads", "2", "--max-errors", "7"])).Code);
        var (code, _, error) = await Type([.. at, "batch", "run", "TD-CCCB", "--threads", "99"]);
        Assert.Equal((Exit.Failed, "tieline: Threads: a number from 1 to 64."), (code, error));
        long waits;
        await using (var scope = house.As(Actor.Process("test")))
        {
            var run = await scope.Db.Set<BatchRun>().SingleAsync(Token);
            Assert.Equal((2, 7), (run.Threads, run.MaxErrors));
            var waiting = new BatchRun { Id = scope.Db.NextId(), Code = "TD-ESC", Number = 1, BusinessOn = new(2026, 3, 10), Parameters = "{}", Threads = 1, Records = 1, MaxErrors = 1, StartedBy = scope.Db.Actor.Ref, CreatedAt = scope.Db.Now };
            waiting.WaitFor("Waits until TD-CCCB has completed for 10 March 2026.");
            scope.Db.Add(waiting);
            waits = waiting.Id;
            (await scope.Db.Set<BatchControl>().SingleAsync(c => c.Code == "TD-LAPSE", Token)).After = "TD-ESC";
            var chunk = new BatchChunk(scope.Db.NextId(), run.Id, 99, new BatchPart(0, 1, 1));
            scope.Db.Add(chunk);
            await scope.Db.SaveChangesAsync(Token);
            for (var i = 1; i <= Paging.MaxSize + 5; i++)
                scope.Db.Add(new BatchError(scope.Db.NextId(), run.Id, i, new("person", i)) { ChunkId = chunk.Id, Message = $"Wrong {i}.", At = scope.Db.Now });
            await scope.Db.SaveChangesAsync(Token);
        }
        (code, var errors, _) = await Type([.. at, "batch", "errors"]);
        Assert.Equal((Exit.Done, Paging.MaxSize + 5), (code, errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        // Nobody waits at the command for what may wait for ever.
        (code, var said, error) = await Type([.. at, "batch", "run", "TD-LAPSE"]);
        Assert.Equal((Exit.Busy, ""), (code, said));
        Assert.Matches("^TD-LAPSE run 1 is submitted\\. Waits until TD-ESC has completed for .*\\. To begin it all the same: batch begin [0-9]+ --anyway$", error);
        Assert.Contains("Waits", (await Type([.. at, "batch", "list"])).Output, StringComparison.Ordinal);
        var key = waits.ToString(CultureInfo.InvariantCulture);
        (code, _, error) = await Type([.. at, "batch", "begin", key]);
        Assert.Equal((Exit.Failed, "tieline: Waits until TD-CCCB has completed for 10 March 2026. Confirm that it is to begin all the same."), (code, error));
        Assert.Equal((Exit.Done, "It begins.", ""), await Type([.. at, "batch", "begin", key, "--anyway"]));
        await using var check = house.As(Actor.Process("test"));
        Assert.False((await check.Db.Set<BatchRun>().SingleAsync(r => r.Id == waits, Token)).Waits);
        Assert.Contains("configuration import", (await Type(["batch", "--help"])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_works_at_jobs_takes_over_what_the_process_before_had_in_hand()
    {
        await using var house = await TestHouse.Open(TestDatabase.Sqlite);
        var at = await At(house);
        var names = Path.Combine(house.Directory, "node.lock");
        await File.WriteAllTextAsync(names, "gone/1", Token);
        await house.Enqueue(1);
        await using var scope = house.As(Roles.Operator);
        Assert.Single(await scope.Get<JobTable>().Claim("gone/1", JobHouse.Kinds, 1, TimeSpan.FromHours(1), Token));

        Assert.Equal(Exit.Done, (await Type([.. at, "batch", "list"])).Code);
        Assert.Equal("gone/1", await File.ReadAllTextAsync(names, Token));
        Assert.Equal(Exit.Done, (await Type([.. at, "batch", "run", "TD-CCCB"])).Code);
        Assert.True((await house.Jobs()).Single().LeaseUntil < DateTime.UtcNow.AddMinutes(30));
        // And who comes next knows how this one was called.
        Assert.Matches($"/{Environment.ProcessId}/[0-9a-f]+$", await File.ReadAllTextAsync(names, Token));
    }

    [Fact]
    public async Task Beside_a_node_the_node_runs_it()
    {
        await using var node = await RunningNode.Start(Token, workers: true);
        string[] at = ["--data", node.Options.DataDirectory];
        Assert.Equal((Exit.Done, "TD-CCCB run 1 for 2026-03-10: 0 done, 0 skipped", ""), await Type([.. at, "batch", "run", "TD-CCCB", "--business-date", "2026-03-10", "--lead-days", "2"]));
        var (code, listed, _) = await Type([.. at, "batch", "list"]);
        Assert.Equal(Exit.Done, code);
        Assert.Contains("Completed", listed, StringComparison.Ordinal);
        (code, _, var error) = await Type([.. at, "batch", "run", "NO-SUCH"]);
        Assert.Equal(Exit.Failed, code);
        Assert.Matches("^tieline: There is no batch NO-SUCH. There are: .*TD-CCCB.*$", error);
        (code, _, error) = await Type([.. at, "batch", "run", "TD-CCCB"], key: "tl_wrong");
        Assert.Equal((Exit.Forbidden, 1), (code, error.Split('\n').Length));
    }

    [Theory, BothDatabases]
    public async Task Schedules_are_listed_paused_resumed_skipped_and_run(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var at = await At(house);
        var (code, listed, _) = await Type([.. at, "batch", "schedules"]);
        Assert.Equal(Exit.Done, code);
        var line = listed.Split('\n').Single(l => l.Contains("TD-CCCB", StringComparison.Ordinal));
        Assert.Matches(@"^[0-9]+ +TD-CCCB +Usual +0 0 1 \* \* \? +next [0-9]{4}-", line);
        var id = line.Split(' ')[0];
        async Task<string> Line() => (await Type([.. at, "batch", "schedules"])).Output.Split('\n').Single(l => l.StartsWith($"{id} ", StringComparison.Ordinal));

        Assert.Equal((Exit.Done, "Paused.", ""), await Type([.. at, "batch", "pause", id]));
        Assert.EndsWith("paused", (await Line()).TrimEnd(), StringComparison.Ordinal);
        Assert.Equal((Exit.Failed, "", "tieline: It is paused: nothing of it comes next."), await Type([.. at, "batch", "skip", id]));
        Assert.Equal((Exit.Done, "Resumed.", ""), await Type([.. at, "batch", "resume-schedule", id]));
        Assert.Equal((Exit.Done, "The next one is left out.", ""), await Type([.. at, "batch", "skip", id]));
        Assert.Contains("(left out)", await Line(), StringComparison.Ordinal);
        Assert.Equal((Exit.Done, "The next one comes.", ""), await Type([.. at, "batch", "keep", id]));
        Assert.DoesNotContain("(left out)", await Line(), StringComparison.Ordinal);
        (code, var ran, _) = await Type([.. at, "batch", "run-now", id]);
        Assert.Equal(Exit.Done, code);
        Assert.Matches("^TD-CCCB run 1 for [0-9-]+ submitted.$", ran);
        Assert.Equal((Exit.Failed, "", "tieline: The schedule is not here (any more)."), await Type([.. at, "batch", "pause", "1"]));
        Assert.Equal(Exit.Usage, (await Type([.. at, "batch", "pause", "nightly"])).Code);
        Assert.Equal((Exit.Forbidden, "", "tieline: You do not have the right 'batch.manage'."), await Type([.. at, "batch", "pause", id], key: await Reader(house)));
    }

    /// <summary>API key of a machine that may see runs only.</summary>
    private static async Task<string> Reader(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var key = scope.Get<ApiKeys>().Create("reader", [BatchPermissions.Read], null);
        await scope.Db.SaveChangesAsync(Token);
        return key;
    }
}
