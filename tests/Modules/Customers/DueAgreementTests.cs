using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Agreements;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;
using Tieline.ToDos.FromCustomers;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

/// <summary>SA-ACT: agreements begin and end in the night to their day.</summary>
public sealed class DueAgreementTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task They_begin_and_end_on_their_day_and_not_before_and_once(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (here, there, day) = ((await desk.Premise()).Id, (await desk.Premise("9 Oak Ave, Springfield, OR 97477")).Id, desk.Today.AddDays(10));
        var ana = await desk.Person();
        var (old, next) = (await desk.Account(ana.Id), await desk.Account((await desk.Person("Ben", "Bell")).Id));
        var leaves = await Leaving(desk, old.Id, here, day);
        var (comes, moves) = (await Coming(desk, next.Id, here, day), await Coming(desk, old.Id, there, day));
        var (later, regretted) = (await Coming(desk, next.Id, there, day.AddDays(1), ServiceType.Water), await Coming(desk, old.Id, here, day, ServiceType.Gas));
        CustomerDesk.Ok(await Move(desk, regretted, AgreementState.Cancelled));
        var stays = await Leaving(desk, next.Id, here, day, ServiceType.Sewer);
        CustomerDesk.Ok(await Move(desk, stays, AgreementState.Active));

        Assert.Equal((0, 0), await Night(desk, day.AddDays(-1)));
        desk.House.Clock.Advance(TimeSpan.FromDays(10));
        var events = await desk.Count("event", "name = 'agreement.moved'");
        Assert.Equal((3, 0), await Night(desk, day));
        async Task<(AgreementState, DateOnly, DateOnly?)> State(long id) => await Find(desk, id) is var a ? (a.State, a.StartOn, a.StopOn) : default;
        Assert.Equal((AgreementState.Stopped, desk.Today.AddYears(-1), day), await State(leaves));
        Assert.Equal((AgreementState.Active, day, null), await State(comes));
        Assert.Equal((AgreementState.Active, day, null), await State(moves));
        Assert.Equal([AgreementState.PendingStart, AgreementState.Cancelled, AgreementState.Active], [(await State(later)).Item1, (await State(regretted)).Item1, (await State(stays)).Item1]);

        // Told as by hand, and by whom.
        await using (var scope = desk.House.As(Roles.Supervisor))
        {
            var told = (await scope.Get<Tieline.Customers.ITimeline>().Read(new(PersonId: ana.Id, Kind: "agreement"), null, 20, Ct)).Items.Select(i => i.Title).ToArray();
            Assert.Contains($"Electricity: stopped on {day:d MMM yyyy}", told);
            Assert.Contains($"Electricity: active on {day:d MMM yyyy}", told);
        }
        Assert.Equal(events + 3, await desk.Count("event", "name = 'agreement.moved'"));
        var audited = await desk.Count("audit_entry", "subject like 'account:%'");

        Assert.Equal((0, 0), await Night(desk, day));
        Assert.Equal((events + 3, audited), (await desk.Count("event", "name = 'agreement.moved'"), await desk.Count("audit_entry", "subject like 'account:%'")));
        Assert.Equal((1, 0), await Night(desk, day.AddDays(1)));
        Assert.Equal(AgreementState.Active, (await State(later)).Item1);
    }

    [Theory, BothDatabases]
    public async Task What_cannot_begin_is_work_for_somebody_until_the_night_in_which_it_can(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (place, day) = ((await desk.Premise()).Id, desk.Today.AddDays(10));
        var ben = await desk.Person("Ben", "Bell");
        var (old, next) = (await desk.Account((await desk.Person()).Id), await desk.Account(ben.Id));
        var leaves = await Leaving(desk, old.Id, place, day);
        var (comes, other) = (await Coming(desk, next.Id, place, day), await Coming(desk, next.Id, (await desk.Premise("9 Oak Ave, Springfield, OR 97477")).Id, day));
        // Ana stays after all, and nobody thought of Ben.
        CustomerDesk.Ok(await Move(desk, leaves, AgreementState.Active));

        desk.House.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal((1, 1), await Night(desk, day));
        Assert.Equal((0, 1), await Night(desk, day));
        Assert.Equal((0, 1), await Night(desk, day.AddDays(1)));
        Assert.Equal((AgreementState.PendingStart, AgreementState.Active), ((await Find(desk, comes)).State, (await Find(desk, other)).State));
        var toDo = await Work(desk);
        Assert.Equal(
            (ToDoState.Open, "Customer follow-up", ben.Id, new RecordRef("agreement", comes), $"Electricity could not begin on {day:d MMM yyyy}: Another agreement supplies electricity at this premise: it must stop first."),
            (toDo.State, toDo.AddressedTo, toDo.PersonId!.Value, toDo.Cause!.Value, toDo.Subject));
        Assert.Equal("agreement.awaits_start", CustomerDesk.Rule(await desk.Do<CompleteToDo, CompleteToDo.Input>(new(toDo.Id, toDo.Version, "Seen"), Roles.Supervisor)));

        // Ana left two days later than she had said: until then it was hers.
        desk.House.Clock.Advance(TimeSpan.FromDays(3));
        CustomerDesk.Ok(await Move(desk, leaves, AgreementState.PendingStop, day.AddDays(2)));
        Assert.Equal((2, 0), await Night(desk, day.AddDays(3)));
        Assert.Equal((AgreementState.Active, day.AddDays(2)), await Find(desk, comes) is var began ? (began.State, began.StartOn) : default);
        toDo = await Work(desk);
        Assert.Equal((ToDoState.Complete, $"Supply began on {day.AddDays(2):d MMM yyyy}."), (toDo.State, toDo.Resolution));
    }

    [Theory, BothDatabases]
    public async Task What_is_cancelled_is_nobodys_work_any_more(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (place, day) = ((await desk.Premise()).Id, desk.Today.AddDays(10));
        var (old, next) = (await desk.Account((await desk.Person()).Id), await desk.Account((await desk.Person("Ben", "Bell")).Id));
        var leaves = await Leaving(desk, old.Id, place, day);
        var comes = await Coming(desk, next.Id, place, day);
        CustomerDesk.Ok(await Move(desk, leaves, AgreementState.Active));
        desk.House.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal((0, 1), await Night(desk, day));
        Assert.Equal(ToDoState.Open, (await Work(desk)).State);
        CustomerDesk.Ok(await Move(desk, comes, AgreementState.Cancelled));
        await desk.House.RunJobs();
        Assert.Equal((ToDoState.Complete, "The agreement was cancelled."), await Work(desk) is var done ? (done.State, done.Resolution) : default);
        Assert.Equal((0, 0), await Night(desk, day.AddDays(1)));

        // Who hears late that another was stuck finds that it is not any more.
        var gone = await Coming(desk, next.Id, (await desk.Premise("9 Oak Ave, Springfield, OR 97477")).Id, day);
        CustomerDesk.Ok(await Move(desk, gone, AgreementState.Cancelled));
        await desk.House.RunJobs();
        await using (var scope = desk.House.As(Roles.Supervisor))
            await scope.Get<StuckAgreements>().Hear(new Tieline.Customers.AgreementStuck(gone, next.Id, place, null, "Electricity", day, "Closed"), 1, Ct);
        Assert.Equal(comes, (await Work(desk)).Cause!.Value.Id);
    }

    [Theory, BothDatabases]
    public async Task Of_two_that_begin_at_one_place_at_one_moment_one_is_refused(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (place, day) = ((await desk.Premise()).Id, desk.Today.AddDays(2));
        var (old, next) = (await desk.Account((await desk.Person()).Id), await desk.Account((await desk.Person("Ben", "Bell")).Id));
        var leaves = await Leaving(desk, old.Id, place, day);
        var comes = await Coming(desk, next.Id, place, day);
        desk.House.Clock.Advance(TimeSpan.FromDays(2));
        CustomerDesk.Ok(await Move(desk, leaves, AgreementState.Stopped, day));
        // The one comes back at the moment in which the night begins the other.
        Task<Outcome<Done>> back = null!;
        await using (var scope = desk.House.As(Roles.Supervisor))
        {
            await scope.Db.InTransaction(async () =>
            {
                await scope.Get<IEnumerable<IBatchProcess>>().Single(p => p.Code == MoveDueAgreements.BatchCode).Do(new(day, new Dictionary<string, string>()), new(0), Ct);
                await scope.Db.SaveChangesAsync(Ct);
                back = Task.Run(() => Move(desk, leaves, AgreementState.Reactivated, day), Ct);
                await Races.Meet(back);
                return true;
            }, Ct);
        }
        Assert.Equal("agreement.running", CustomerDesk.Rule(await back));
        Assert.Equal((AgreementState.Active, AgreementState.Stopped), ((await Find(desk, comes)).State, (await Find(desk, leaves)).State));
    }

    private static async Task<long> Leaving(CustomerDesk desk, long account, long premise, DateOnly last, ServiceType type = ServiceType.Electricity)
    {
        var agreement = await desk.Agreement(account, premise, type);
        CustomerDesk.Ok(await Move(desk, agreement.Id, AgreementState.Active, desk.Today.AddYears(-1)));
        CustomerDesk.Ok(await Move(desk, agreement.Id, AgreementState.PendingStop, last));
        return agreement.Id;
    }

    private static async Task<long> Coming(CustomerDesk desk, long account, long premise, DateOnly first, ServiceType type = ServiceType.Electricity) =>
        CustomerDesk.Ok(await desk.Run<StartAgreement, StartAgreement.Input, StartAgreement.Started>(new(account, premise, type, first), Roles.Supervisor)).Id;

    private static async Task<Outcome<Done>> Move(CustomerDesk desk, long agreement, AgreementState to, DateOnly? on = null) =>
        await desk.Do<MoveAgreement, MoveAgreement.Input>(new(agreement, (await Find(desk, agreement)).Version, to, on), Roles.Supervisor);

    private static async Task<ServiceAgreement> Find(CustomerDesk desk, long id)
    {
        await using var scope = desk.House.As(Roles.Supervisor);
        return await scope.Db.Set<ServiceAgreement>().AsNoTracking().SingleAsync(a => a.Id == id, Ct);
    }

    private static async Task<ToDo> Work(CustomerDesk desk)
    {
        await using var scope = desk.House.As(Roles.Supervisor);
        return await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync(t => t.TypeCode == "SA-STUCK", Ct);
    }

    private static async Task<(long Done, long Stuck)> Night(CustomerDesk desk, DateOnly on)
    {
        await using var scope = desk.House.As(Roles.Operator);
        var run = CustomerDesk.Ok(await scope.Get<SubmitBatch>().Handle(new(MoveDueAgreements.BatchCode, on, null, Anyway: true), Ct));
        await desk.House.RunJobs();
        var over = CustomerDesk.Ok(await scope.Get<GetBatchRun>().Handle(new(run.Id), Ct));
        Assert.Equal("Completed", over.State);
        return (over.Done, over.Skipped);
    }
}
