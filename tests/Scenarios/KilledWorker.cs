using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Organization;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Scenarios;

/// <summary>A node dies in the middle of the nightly run. The next one goes on where it stood: nothing is lost, nothing doubled.</summary>
public class KilledWorker
{
    private const int Reminders = 20_000;
    private static readonly DateOnly Day = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(2);

    [Theory, BothDatabases]
    public async Task Every_reminder_has_exactly_one_to_do(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Promise(house);
        var run = await Submit(house);

        using (var first = Node.Start(house))
        {
            await Until(first, async () => await Count(house, "select count(*) from to_do") >= Reminders / 10);
            first.Kill();
        }
        var done = await Count(house, "select count(*) from to_do");
        Assert.InRange(done, Reminders / 10, Reminders - 1);
        Assert.Equal(done, await Count(house, $"select done from batch_run where id = {run}"));

        using (var second = Node.Start(house))
        {
            await Until(second, async () => await Count(house, $"select count(*) from batch_run where id = {run} and state in ('Completed', 'Failed')") == 1);
            second.Kill();
        }
        Assert.Equal(1, await Count(house, $"select count(*) from batch_run where id = {run} and state = 'Completed' and done = {Reminders} and skipped = 0"));
        Assert.Equal(Reminders, await Count(house, "select count(*) from to_do"));
        Assert.Equal(Reminders, await Count(house, "select count(distinct cause) from to_do"));
        Assert.Equal(Reminders, await Count(house, "select count(*) from reminder r join to_do t on t.cause = 'reminder:' || r.id where r.state = 'Due'"));
        Assert.Equal(Reminders, await Count(house, "select count(*) from to_do_log"));
        Assert.Equal(Reminders, await Count(house, "select count(*) from audit_entry where subject like 'to_do:%' and action = 'created'"));

        await Submit(house);
        await house.RunJobs();
        Assert.Equal(Reminders, await Count(house, "select count(*) from to_do"));
    }

    private static async Task Promise(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var db = scope.Db;
        var role = (await scope.Get<IOrganization>().ToDoRole(ReminderBook.DefaultRole, CancellationToken.None))!;
        var kind = new ContactClass(db.NextId(), "T-BILL", "Billing");
        var type = new ContactType { Id = db.NextId(), ClassId = kind.Id, Code = "T-HIGH", Name = "High bill", Shorthand = "thb", FromOn = new DateOnly(2020, 1, 1) };
        var contact = new Contact
        {
            Id = db.NextId(), Reference = "C-1", TypeId = type.Id, Channel = Channel.Phone, Direction = ContactDirection.Inbound,
            OccurredAt = db.Now, RecordedAt = db.Now, RecordedBy = db.Actor.Ref,
        };
        var log = new ContactLog { Id = db.NextId(), ContactId = contact.Id, At = db.Now, Author = db.Actor.Ref, Kind = LogKind.Comment, Body = "many promises" };
        db.AddRange(kind, type, contact, log);
        await db.SaveChangesAsync();
        await db.InTransaction(() => db.BulkInsert(
            Enumerable.Range(0, Reminders).Select(i => new Reminder
            {
                Id = db.NextId(), ContactId = contact.Id, LogId = log.Id, RoleId = role.Id, AddressedTo = role.Name, TriggerOn = Day, Body = $"call back {i}",
            }), CancellationToken.None), CancellationToken.None);
    }

    private static async Task<long> Submit(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var submitted = await scope.Get<SubmitBatch>().Handle(new("TD-CCCB", Day, new Dictionary<string, string> { [TdCccb.Records] = "500" }), CancellationToken.None);
        return submitted.Value.Id;
    }

    private static async Task<long> Count(TestHouse house, string sql)
    {
        await using var connection = await house.Services.GetRequiredService<Dialect>().Open(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    private static async Task Until(Node node, Func<Task<bool>> reached)
    {
        for (var waited = Stopwatch.StartNew(); !await reached();)
        {
            Assert.False(node.HasExited, $"the node has stopped: {node.Said}");
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(120), $"nothing happens: {node.Said}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A node as an installation runs it: a process of its own.</summary>
    private sealed class Node : IDisposable
    {
        private readonly Process process;
        private readonly List<string> said = [];

        private Node(Process process) => this.process = process;

        public bool HasExited => process.HasExited;

        public string Said
        {
            get
            {
                lock (said)
                    return string.Join('\n', said);
            }
        }

        public static Node Start(TestHouse house)
        {
            var start = new ProcessStartInfo("dotnet")
            {
                ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Tieline.Host.dll"), "up", "--no-demo", "--port", $"{FreePort()}", "--data", house.Directory },
                Environment = { [JobOptions.LeaseVariable] = "2", [MasterKey.Variable] = Convert.ToBase64String(new byte[32]) }, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            if (house.Database is { } database)
            {
                start.ArgumentList.Add("--database");
                start.ArgumentList.Add(database);
            }
            var node = new Node(Process.Start(start)!);
            node.process.OutputDataReceived += node.Hear;
            node.process.ErrorDataReceived += node.Hear;
            node.process.BeginOutputReadLine();
            node.process.BeginErrorReadLine();
            return node;
        }

        /// <summary>SIGKILL: no time for a word.</summary>
        public void Kill()
        {
            process.Kill();
            process.WaitForExit();
        }

        public void Dispose()
        {
            if (!process.HasExited)
                Kill();
            process.Dispose();
        }

        private void Hear(object sender, DataReceivedEventArgs line)
        {
            lock (said)
            {
                if (line.Data is not null && said.Count < 200)
                    said.Add(line.Data);
            }
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
