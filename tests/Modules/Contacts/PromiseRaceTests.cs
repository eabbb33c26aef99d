using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Contacts;

/// <summary>Two things happen to one promise at once.</summary>
public class PromiseRaceTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task A_promise_kept_or_moved_while_the_night_runs_has_no_to_do_and_the_others_have(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var (given, today) = await Small(house);
        var (kept, moved, other) = (await Promised(house, given, today.AddDays(1)), await Promised(house, given, today.AddDays(1)), await Promised(house, given, today.AddDays(1)));
        await using var scope = house.As(Roles.BackOffice);
        Task<BatchStep> night = Task.FromResult<BatchStep>(null!);
        await scope.Db.InTransaction(async () =>
        {
            Assert.True((await scope.Get<ResolveReminder>().Handle(new(kept.Id, "Called"), Ct)).Ok);
            Assert.True((await scope.Get<MoveReminder>().Handle(new(moved.Id, moved.Version, today.AddDays(9)), Ct)).Ok);
            night = Task.Run(() => Chunk(house, today.AddDays(1)), Ct);
            await Races.Meet(night);
            return true;
        }, Ct);
        await night;
        await using var check = house.As(Roles.BackOffice);
        Assert.Equal(other.Ref, Assert.Single(await check.Db.Set<ToDo>().ToListAsync(Ct)).Cause);
        Assert.Equal(
            [ReminderState.Resolved, ReminderState.Waiting, ReminderState.Due],
            await check.Db.Set<Reminder>().OrderBy(r => r.Id).Select(r => r.State).ToListAsync(Ct));
    }

    [Theory, BothDatabases]
    public async Task The_to_do_of_a_contact_that_is_moved_while_the_night_runs_belongs_to_the_right_person(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var (given, today) = await Small(house);
        var (before, meanwhile) = (await Promised(house, given, today.AddDays(1)), await Promised(house, given, today.AddDays(2)));
        Task nights = Task.CompletedTask;
        async Task Move(Reminder promise)
        {
            await using var scope = house.As(Roles.BackOffice);
            var version = await KeepingContactsTests.Version(house, promise.ContactId);
            await scope.Db.InTransaction(async () =>
            {
                var moved = await scope.Get<MoveContact>().Handle(new(promise.ContactId, version, given.OtherPerson, null, null, "slip"), Ct);
                Assert.True(moved.Ok, moved.ToString());
                if (promise == before)
                {
                    nights = Task.Run(() => Chunk(house, today.AddDays(1)), Ct);
                    await Races.Meet(nights);
                }
                return true;
            }, Ct);
        }
        await Move(before);
        await nights;

        await using var night = house.As(Actor.Process("test"));
        Task moves = Task.CompletedTask;
        await night.Db.InTransaction(async () =>
        {
            var chunk = await night.Get<IEnumerable<IBatchProcess>>().Single(p => p.Code == ReminderBook.ToDoType)
                .Do(new BatchInput(today.AddDays(2), new Dictionary<string, string> { [TdCccb.LeadDays] = "0" }), new(0), Ct);
            moves = Task.Run(() => Move(meanwhile), Ct);
            await Races.Meet(moves);
            return chunk;
        }, Ct);
        await moves;
        await using var check = house.As(Roles.BackOffice);
        Assert.Equal([given.OtherPerson, given.OtherPerson], await check.Db.Set<ToDo>().Select(t => t.PersonId!.Value).ToListAsync(Ct));
    }

    [Theory, BothDatabases]
    public async Task A_promise_kept_after_the_night_completes_its_to_do_and_the_night_is_in_the_audit(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var (given, today) = await Small(house);
        var promise = await Promised(house, given, today.AddDays(1));
        Assert.Equal((1, 0, true), await Chunk(house, today.AddDays(1)) is var chunk ? (chunk.Done, chunk.Skipped, chunk.Last) : default);
        await using var scope = house.As(Roles.BackOffice);
        var entry = (await scope.Get<IAuditTrail>().Of(promise.AuditSubject, 1, null, Ct))[0];
        Assert.Equal(("changed", promise.Ref, """{"State":["Waiting","Due"]}"""), (entry.Action, entry.Part!.Value, entry.Changes));
        Assert.True((await scope.Get<ResolveReminder>().Handle(new(promise.Id, "  Called\u0000\u202E  "), Ct)).Ok);
        var toDo = await scope.Db.Set<ToDo>().SingleAsync(Ct);
        Assert.Equal((ToDoState.Complete, "Called"), (toDo.State, toDo.Resolution));
    }

    [Theory, BothDatabases]
    public async Task Who_closes_a_contact_hears_of_the_promise_that_is_made_at_the_same_moment(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var (given, today) = await Small(house);
        long id;
        await using (var scope = house.As(Roles.BackOffice))
            id = (await scope.Get<RecordContact>().Handle(new(given.WireDown, null, null, null, given.Premise, Channel.Phone, null, "Sparks"), Ct)).Value.Id;
        await using var closes = house.As(Roles.BackOffice);
        var version = (await closes.Db.Set<Contact>().SingleAsync(c => c.Id == id, Ct)).Version;
        await using (var promises = house.As(Roles.BackOffice))
            Assert.True((await promises.Get<AddReminder>().Handle(new(id, new(today.AddDays(1), RoleId: given.Role)), Ct)).Ok);
        // The closing had looked for promises before that one was there.
        var contact = await closes.Db.Set<Contact>().SingleAsync(c => c.Id == id, Ct);
        closes.Db.Expect(contact, version);
        contact.Close(closes.Db.Now);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => closes.Db.SaveChangesAsync(Ct));
    }

    [Theory, BothDatabases]
    public async Task The_old_timer_of_a_promise_that_was_moved_on_the_same_day_makes_no_to_do(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        house.Clock.Set(new DateTimeOffset(2027, 3, 1, 18, 0, 0, TimeSpan.Zero));
        // The nights before that day.
        await house.RunJobs();
        var (given, today) = await Small(house);
        await using var scope = house.As(Roles.BackOffice);
        var now = TimeOnly.FromDateTime(await scope.Get<IUtilityClock>().ToLocal(scope.Db.Now, Ct));
        var promise = await Promised(house, given, today, now.AddHours(1));
        Assert.True((await scope.Get<MoveReminder>().Handle(new(promise.Id, promise.Version, today, now.AddHours(3)), Ct)).Ok);
        house.Clock.Advance(TimeSpan.FromHours(2));
        await house.RunJobs();
        Assert.Empty(await scope.Db.Set<ToDo>().ToListAsync(Ct));
        house.Clock.Advance(TimeSpan.FromHours(1.1));
        await house.RunJobs();
        Assert.Single(await scope.Db.Set<ToDo>().ToListAsync(Ct));
    }

    [Theory, BothDatabases]
    public async Task A_promise_for_a_quarter_past_midnight_does_not_wait_for_the_night_run(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        house.Clock.Set(new DateTimeOffset(2027, 3, 1, 18, 0, 0, TimeSpan.Zero));
        var (given, today) = await Small(house);
        await Promised(house, given, today.AddDays(1), new TimeOnly(0, 15));
        await Promised(house, given, today.AddDays(1), new TimeOnly(1, 15));
        await using var scope = house.As(Roles.BackOffice);
        var timer = Assert.Single(await scope.Db.Set<Job>().Where(j => j.Kind == ReminderBook.DueJob).ToListAsync(Ct));
        Assert.Equal(await scope.Get<IUtilityClock>().ToInstant(today.AddDays(1), new TimeOnly(0, 15), Ct), timer.RunAt);
    }

    [Theory, BothDatabases]
    public async Task What_a_promise_repeats_of_the_contact_is_corrected_with_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var (given, today) = await Small(house);
        var (derived, own) = (await Promised(house, given, today.AddDays(1)), await Promised(house, given, today.AddDays(1), text: "Ring at the back door"));
        await Chunk(house, today.AddDays(1));
        foreach (var promise in new[] { derived, own })
        {
            await using var scope = house.As(Roles.BackOffice);
            var version = await KeepingContactsTests.Version(house, promise.ContactId);
            var corrected = await scope.Get<CorrectContact>().Handle(new(promise.ContactId, version, Text: "better words"), Ct);
            Assert.True(corrected.Ok, corrected.ToString());
        }
        await using var check = house.As(Roles.BackOffice);
        Assert.Equal(["High bill: better words", "Ring at the back door"], await check.Db.Set<Reminder>().OrderBy(r => r.Id).Select(r => r.Body).ToListAsync(Ct));
        Assert.Equal(["High bill: better words", "Ring at the back door"], await check.Db.Set<ToDo>().OrderBy(t => t.Id).Select(t => t.Subject).ToListAsync(Ct));
    }

    private static async Task<(Given, DateOnly Today)> Small(TestHouse house)
    {
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.BackOffice);
        return (given, await scope.Get<IUtilityClock>().Today(Ct));
    }

    private static async Task<Reminder> Promised(TestHouse house, Given given, DateOnly on, TimeOnly? from = null, string? text = null)
    {
        await using var scope = house.As(Roles.BackOffice);
        var recorded = await scope.Get<RecordContact>().Handle(
            new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "first words", Reminder: new(on, from, Text: text)), Ct);
        Assert.True(recorded.Ok, recorded.ToString());
        return await scope.Db.Set<Reminder>().AsNoTracking().SingleAsync(r => r.Id == recorded.Value.ReminderId, Ct);
    }

    private static async Task<BatchStep> Chunk(TestHouse house, DateOnly on)
    {
        await using var scope = house.As(Actor.Process("test"));
        return await scope.Db.InTransaction(
            () => scope.Get<IEnumerable<IBatchProcess>>().Single(p => p.Code == ReminderBook.ToDoType).Do(new BatchInput(on, new Dictionary<string, string> { [TdCccb.LeadDays] = "0" }), new(0), Ct), Ct);
    }
}
