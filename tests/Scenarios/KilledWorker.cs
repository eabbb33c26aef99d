using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Organization;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
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
        await Promise(house, Reminders, Day);
        var run = await Submit(house);

        using (var first = Node.Start(house))
        {
            await first.Until(async () => await Count(house, "select count(*) from to_do") >= Reminders / 10);
            first.Kill();
        }
        var done = await Count(house, "select count(*) from to_do");
        Assert.InRange(done, Reminders / 10, Reminders - 1);
        Assert.Equal(done, await Count(house, $"select sum(done) from batch_chunk where run_id = {run}"));

        using (var second = Node.Start(house))
        {
            await second.Until(async () => await Count(house, $"select count(*) from batch_run where id = {run} and state in ('Completed', 'Failed')") == 1);
            second.Kill();
        }
        Assert.Equal(1, await Count(house, $"select count(*) from batch_run where id = {run} and state = 'Completed' and (select sum(done) from batch_chunk where run_id = {run}) = {Reminders} and (select sum(skipped) from batch_chunk where run_id = {run}) = 0"));
        Assert.Equal(Reminders, await Count(house, "select count(*) from to_do"));
        Assert.Equal(Reminders, await Count(house, "select count(distinct cause) from to_do"));
        Assert.Equal(Reminders, await Count(house, "select count(*) from reminder r join to_do t on t.cause = 'reminder:' || r.id where r.state = 'Due'"));
        Assert.Equal(Reminders, await Count(house, "select count(*) from to_do_log"));
        Assert.Equal(Reminders, await Count(house, "select count(*) from audit_entry where subject like 'to_do:%' and action = 'created'"));

        await Submit(house);
        await house.RunJobs();
        Assert.Equal(Reminders, await Count(house, "select count(*) from to_do"));
    }

    internal static async Task Promise(TestHouse house, int reminders, DateOnly day)
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
            Enumerable.Range(0, reminders).Select(i => new Reminder
            {
                Id = db.NextId(), ContactId = contact.Id, LogId = log.Id, RoleId = role.Id, AddressedTo = role.Name, TriggerOn = day, Body = $"call back {i}",
            }), CancellationToken.None), CancellationToken.None);
    }

    private static async Task<long> Submit(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var submitted = await scope.Get<SubmitBatch>().Handle(new("TD-CCCB", Day, null, Records: 500), CancellationToken.None);
        return submitted.Value.Id;
    }

    internal static async Task<long> Count(TestHouse house, string sql)
    {
        await using var connection = await house.Services.GetRequiredService<Dialect>().Open(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long>(sql);
    }
}
