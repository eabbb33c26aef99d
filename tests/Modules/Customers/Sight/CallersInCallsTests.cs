using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Customers;
using Tieline.Customers.Callers;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>Who is verified in one call is verified in that one alone.</summary>
public class CallersInCallsTests
{
    [Theory, BothDatabases]
    public async Task A_caller_goes_with_the_interaction_from_one_employee_to_the_next_and_ends_with_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        // Nobody binds a caller to a colleague's call, or to none: it would never end.
        var nobodys = await CallerTests.Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Interaction: "interaction:12", Answers: CallerTests.Right));
        Assert.Equal("caller.interaction", Assert.Single(nobodys.Problems).Rule);
        var call = new RecordRef("interaction", await CallerTests.Take(house, ana.Employee + 5));
        Assert.Equal("caller.interaction", Assert.Single((await CallerTests.Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Interaction: $"{call}", Answers: CallerTests.Right))).Problems).Rule);
        // Whoever is not made sure of is not named as who calls.
        Assert.True((await CallerTests.Verify(house, ana, new(ana.Person, CallerCapacity.Unverified), ana.Employee + 5)).Ok);
        Assert.Null(await CallerOf(house, call));
        // Verified from a page while a call is in progress, it is theirs and over with that call, said or not.
        Assert.True((await CallerTests.Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: CallerTests.Right), ana.Employee + 5)).Ok);
        Assert.Equal(ana.Person, await CallerOf(house, call));
        await using (var ended = house.As(Actors.Of(Roles.Csr, ana.Employee + 5)))
            Assert.True((await ended.Get<EndInteraction>().Handle(new(call.Id, "hung up"), CancellationToken.None)).Ok);
        Assert.Equal(SightLevel.Masked, await CallerTests.Level(house, ana, ana.Employee + 5));
        call = new RecordRef("interaction", await CallerTests.Take(house, ana.Employee));
        await using (var said = house.As(Actors.Of(Roles.Csr, ana.Employee)))
            CustomerDesk.Ok(await said.Get<TakeCaller>().Handle(new(call.Id, ana.Other), CancellationToken.None));
        Assert.True((await CallerTests.Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Interaction: $"{call}", Answers: CallerTests.Right))).Ok);
        Assert.Equal(ana.Other, await CallerOf(house, call));
        await CallerTests.Tell(house, c => c.TakeUpCallers(call, ana.Employee + 5, CancellationToken.None));
        Assert.Equal((SightLevel.Masked, SightLevel.Full), (await CallerTests.Level(house, ana, ana.Employee), await CallerTests.Level(house, ana, ana.Employee + 5)));
        await CallerTests.Tell(house, c => c.EndCallers(call, CancellationToken.None));
        Assert.Equal(SightLevel.Masked, await CallerTests.Level(house, ana, ana.Employee + 5));
        // Without an interaction it is over after a while by itself.
        await using (var ended = house.As(Actors.Of(Roles.Csr, ana.Employee)))
            Assert.True((await ended.Get<EndInteraction>().Handle(new(call.Id, "hung up"), CancellationToken.None)).Ok);
        Assert.True((await CallerTests.Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: CallerTests.Right))).Ok);
        Assert.Equal(SightLevel.Full, await CallerTests.Level(house, ana, ana.Employee));
        house.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(SightLevel.Masked, await CallerTests.Level(house, ana, ana.Employee));
    }

    [Theory, BothDatabases]
    public async Task Who_was_added_in_a_call_is_known_in_that_one_until_it_ends(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var call = await CallerTests.Take(house, ana.Employee);
        long added;
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee)))
            added = CustomerDesk.Ok(await scope.Get<AddPerson>().Handle(new(PersonKind.Individual, "Nora", "Newcomer"), CancellationToken.None)).Id;
        async Task<SightLevel> Then<TUse, TInput, TResult>(TInput? input) where TUse : class, IUse<TInput, TResult>
        {
            await using var scope = house.As(Actors.Of(Roles.Csr, ana.Employee));
            if (input is not null)
                CustomerDesk.Ok(await scope.Get<TUse>().Handle(input, CancellationToken.None));
            return (await scope.Get<ICustomers>().Sight([added], CancellationToken.None))[added];
        }
        // Beyond the time for which somebody stays known outside of any call.
        house.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(SightLevel.Full, await Then<ParkInteraction, ParkInteraction.Input, Done>(null));
        Assert.Equal(SightLevel.Masked, await Then<ParkInteraction, ParkInteraction.Input, Done>(new(call)));
        Assert.Equal(SightLevel.Full, await Then<ResumeInteraction, ResumeInteraction.Input, Tieline.Contacts.InteractionTaken>(new(call)));
        Assert.Equal(SightLevel.Masked, await Then<EndInteraction, EndInteraction.Input, Done>(new(call, "Added")));
    }

    [Theory, BothDatabases]
    public async Task Whoever_is_verified_opens_nothing_to_the_next_caller(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var (csr, input) = (ana.Employee + 5, new VerifyCaller.Input(ana.Person, CallerCapacity.Customer, Answers: CallerTests.Right));
        async Task<string> Do<TUse, TInput, TResult>(TInput asked) where TUse : class, IUse<TInput, TResult>
        {
            await using var scope = house.As(Actors.Of(Roles.Csr, csr));
            CustomerDesk.Ok(await scope.Get<TUse>().Handle(asked, CancellationToken.None));
            var live = (await scope.Get<GetCaller>().Handle(new(ana.Person), CancellationToken.None)).Value.Caller;
            return $"{await CallerTests.Level(house, ana, csr)}{(live is null ? "" : ", known")}";
        }
        Task<string> Resume(long call) => Do<ResumeInteraction, ResumeInteraction.Input, Tieline.Contacts.InteractionTaken>(new(call));
        // Verified outside of any call, and then somebody calls.
        Assert.Equal("Full, known", await Do<VerifyCaller, VerifyCaller.Input, VerifyCaller.Verified>(input));
        var first = await CallerTests.Take(house, csr);
        Assert.Equal(SightLevel.Masked, await CallerTests.Level(house, ana, csr));
        Assert.Equal("Full, known", await Do<VerifyCaller, VerifyCaller.Input, VerifyCaller.Verified>(input));
        var second = await CallerTests.Take(house, csr);
        Assert.Equal(SightLevel.Masked, await CallerTests.Level(house, ana, csr));
        // Nobody is verified in a call that is not in hand.
        Assert.Equal("caller.interaction", CustomerDesk.Rule(await CallerTests.Verify(house, ana, input with { Interaction = $"interaction:{first}" }, csr)));
        Assert.Equal("Full, known", await Resume(first));
        Assert.Equal("Masked", await Do<ParkInteraction, ParkInteraction.Input, Done>(new(first)));
        Assert.Equal("Full, known", await Do<VerifyCaller, VerifyCaller.Input, VerifyCaller.Verified>(input));
        Assert.Equal("Masked", await Resume(second));
        Assert.Equal("Full, known", await Resume(first));
        // Given to a colleague and waiting, it is in nobody's hand; taken back it is.
        await house.User(Roles.Csr, ana.Employee);
        Assert.Equal("Masked", await Do<HandOverInteraction, HandOverInteraction.Input, Done>(new(first, EmployeeId: ana.Employee)));
        Assert.Equal("Full, known", await Resume(first));
        // However long it waits, it is not longer than it would have been.
        Assert.Equal("Masked", await Resume(second));
        house.Clock.Advance(TimeSpan.FromHours(13));
        Assert.Equal("Masked", await Resume(first));
    }

    [Theory, BothDatabases]
    public async Task Who_is_verified_in_the_moment_a_call_is_taken_is_not_who_speaks_in_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var input = new VerifyCaller.Input(ana.Person, CallerCapacity.Customer, Answers: CallerTests.Right);
        // The call is not stored yet when the answers are sent.
        Task<Outcome<VerifyCaller.Verified>> late = null!;
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee)))
        {
            await scope.Db.InTransaction(async () =>
            {
                CustomerDesk.Ok(await scope.Get<StartInteraction>().Handle(new(), CancellationToken.None));
                late = Task.Run(() => CallerTests.Verify(house, ana, input));
                await Races.Meet(late);
                return true;
            }, CancellationToken.None);
        }
        Assert.Equal("caller.interaction", CustomerDesk.Rule(await late));
        // The verification is not stored yet when the call is taken.
        var colleague = ana.Employee + 5;
        Task<long> call = null!;
        await using (var scope = house.As(Actors.Of(Roles.Csr, colleague)))
        {
            await scope.Db.InTransaction(async () =>
            {
                CustomerDesk.Ok(await scope.Get<VerifyCaller>().Handle(input, CancellationToken.None));
                call = Task.Run(() => CallerTests.Take(house, colleague));
                await Races.Meet(call);
                return true;
            }, CancellationToken.None);
        }
        await call;
        Assert.Equal((SightLevel.Masked, SightLevel.Masked), (await CallerTests.Level(house, ana, ana.Employee), await CallerTests.Level(house, ana, colleague)));
    }

    private static async Task<long?> CallerOf(TestHouse house, RecordRef call)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Db.Set<Interaction>().Where(i => i.Id == call.Id).Select(i => i.PersonId).SingleAsync(CancellationToken.None);
    }
}
