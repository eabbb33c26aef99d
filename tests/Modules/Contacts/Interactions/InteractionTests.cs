using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Contacts.WrapUps;
using Tieline.Organization.Absences;
using Tieline.Organization.Employees;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts.Interactions;

public class InteractionTests
{
    private static CancellationToken Token => CancellationToken.None;

    [Theory, BothDatabases]
    public async Task A_call_has_several_contacts_and_time_parked_does_not_count(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var done = await AWrapUp(house, "DONE", resolves: true);
        var call = await Start(house);
        house.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.True((await Record(house, given, call, done, "first")).Ok);
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<ParkInteraction>().Handle(new(call, "asks the meter shop"), Token)).Ok);
        house.Clock.Advance(TimeSpan.FromSeconds(500));
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<ResumeInteraction>().Handle(new(call), Token)).Ok);
        house.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await Record(house, given, call, done, "second")).Ok);
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<EndInteraction>().Handle(new(call), Token)).Ok);

        await using var check = house.As(Roles.Csr);
        var file = (await check.Get<GetInteraction>().Handle(new(call), Token)).Value;
        Assert.Equal((2, "Ended", given.Person, "asks the meter shop"), (file.Contacts.Count, file.Line.State, file.Line.PersonId, file.Line.Note));
        Assert.InRange(file.HandledSeconds, 90, 120);
        Assert.Equal(["Started", "Caller", "Parked", "Resumed", "Ended"], file.Log.Select(l => l.Step));
        Assert.Equal(file.HandledSeconds, await check.Db.Set<InteractionSpan>().SumAsync(s => s.Seconds));
        Assert.All(await check.Db.Set<Contact>().ToListAsync(), c => Assert.Equal((call, done, true), (c.InteractionId, c.WrapUpCodeId, c.ResolvedNow)));
        Assert.Equal("Ana Ruiz", file.Person);
    }

    [Theory, BothDatabases]
    public async Task A_second_caller_parks_the_first_and_switching_goes_both_ways(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var (first, second) = (await Start(house), await Start(house));
        await Assert_states(house, (first, InteractionState.Parked), (second, InteractionState.InProgress));
        await using (var scope = house.As(Roles.Csr))
            Assert.NotNull((await scope.Get<ResumeInteraction>().Handle(new(first), Token)).Value.Parked);
        await Assert_states(house, (first, InteractionState.InProgress), (second, InteractionState.Parked));
        await using (var scope = house.As(Roles.Csr))
        {
            var hand = await scope.Get<IInteractions>().InHand(Token);
            Assert.Equal((first, second), (hand.Current!.Id, Assert.Single(hand.Parked).Id));
        }
    }

    [Theory, BothDatabases]
    public async Task Two_starts_at_once_leave_one_in_progress(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        async Task<Outcome<InteractionTaken>> Click(string key)
        {
            await using var scope = house.As(Roles.Csr);
            var input = new StartInteraction.Input();
            return await scope.Get<IOnce>().Run("start", key, input, () => scope.Get<StartInteraction>().Handle(input, Token), Token);
        }
        // A double click, and another window.
        var clicks = await Task.WhenAll(Click("form"), Click("form"), Click("window"));
        await using var check = house.As(Roles.Csr);
        Assert.Equal(1, await check.Db.Set<Interaction>().CountAsync(i => i.State == InteractionState.InProgress));
        Assert.InRange(await check.Db.Set<Interaction>().CountAsync(), 1, 2);
        Assert.Equal(await check.Db.Set<Interaction>().CountAsync(), clicks.Where(c => c.Ok).Select(c => c.Value.Id).Distinct().Count());
    }

    [Theory, BothDatabases]
    public async Task An_end_asks_why_nothing_was_recorded_and_a_second_end_changes_nothing(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var call = await Start(house);
        await using var scope = house.As(Roles.Csr);
        var refused = await scope.Get<EndInteraction>().Handle(new(call), Token);
        Assert.Equal(("Without", IInteractions.NothingRecorded), refused.Problems.Select(p => (p.Field, p.Rule)).Single());
        Assert.True((await scope.Get<EndInteraction>().Handle(new(call, "Hung up"), Token)).Ok);
        house.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True((await scope.Get<EndInteraction>().Handle(new(call, "Again"), Token)).Ok);
        var ended = await scope.Db.Set<Interaction>().AsNoTracking().SingleAsync();
        Assert.Equal("Hung up", ended.EndedWithout);
        Assert.InRange(ended.HandledSeconds, 0, 60);
        Assert.Equal(1, await scope.Db.Set<InteractionLog>().CountAsync(l => l.Step == InteractionStep.Ended));
        Assert.Equal("interaction.ended", (await scope.Get<ResumeInteraction>().Handle(new(call), Token)).Problems.Single().Rule);
    }

    [Theory, BothDatabases]
    public async Task Nothing_lands_on_an_interaction_that_is_ended_or_not_ones_own_or_another_callers(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var done = await AWrapUp(house, "DONE", resolves: true);
        var (ended, anas, bos) = (await Start(house), await Start(house, given.Person), await Start(house, given.OtherPerson));
        var colleagues = await Start(house, employee: given.Employee);
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<EndInteraction>().Handle(new(ended, "Silence"), Token)).Ok);

        async Task Refused(long call, string rule)
        {
            var refused = await Record(house, given, call, done, "typed");
            Assert.Equal(("InteractionId", rule), refused.Problems.Select(p => (p.Field, p.Rule)).Single());
        }
        await Refused(ended, "interaction.ended");
        await Refused(colleagues, "interaction.not_yours");
        // Who looks after everybody's calls does not say what was said in them either.
        await using (var scope = house.As(Roles.Supervisor))
        {
            var meant = new RecordContact.Input(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "typed", InteractionId: colleagues, WrapUpCodeId: done);
            Assert.Equal("interaction.not_yours", (await scope.Get<RecordContact>().Handle(meant, Token)).Problems.Single().Rule);
        }
        await Refused(999_999, "interaction.unknown");
        // Ana is on the parked call: what is typed about her does not go onto Bo's.
        await Refused(bos, "interaction.other_caller");
        Assert.True((await Record(house, given, anas, done, "hers")).Ok);
        await using var check = house.As(Roles.Csr);
        Assert.Equal(1, await check.Db.Set<Contact>().CountAsync());
        await Assert.ThrowsAsync<ForbiddenException>(() => check.Get<ParkInteraction>().Handle(new(colleagues), Token));
        await Assert.ThrowsAsync<ForbiddenException>(() => check.Get<GetInteraction>().Handle(new(colleagues), Token));
        await Assert.ThrowsAsync<ForbiddenException>(() => check.Get<StartInteraction>().Handle(new(EmployeeId: given.Employee), Token));
    }

    [Theory, BothDatabases]
    public async Task The_number_of_a_call_that_was_accepted_is_masked_until_the_caller_is_verified(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        const string Number = "541 555 0100";
        long call;
        await using (var scope = house.As(Roles.Csr))
        {
            call = (await scope.Get<StartInteraction>().Handle(new(NumberOrPlace: Number, PersonId: given.Person), Token)).Value.Id;
            // Who typed it has it before them.
            Assert.Equal(Number, (await scope.Get<IInteractions>().InHand(Token)).Current!.NumberOrPlace);
            Assert.True((await scope.Get<HandOverInteraction>().Handle(new(call, RoleId: given.Role), Token)).Ok);
        }
        async Task<string?> Shown(Func<InteractionsInHand, InteractionLine?> which)
        {
            await using var scope = house.As(Actors.Of(Roles.Csr, given.Employee));
            return which(await scope.Get<IInteractions>().InHand(Token))?.NumberOrPlace;
        }
        var masked = await Shown(h => h.Waiting.Single());
        Assert.NotEqual(Number, masked);
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
            Assert.True((await scope.Get<AcceptInteraction>().Handle(new(call), Token)).Ok);
        Assert.Equal(masked, await Shown(h => h.Current));
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
            Assert.True((await scope.Get<ParkInteraction>().Handle(new(call), Token)).Ok);
        Assert.Equal(masked, await Shown(h => h.Parked.Single()));
        await using (var scope = house.As(Actors.Of(Roles.Supervisor, given.Employee)))
        {
            Assert.True((await scope.Get<ResumeInteraction>().Handle(new(call), Token)).Ok);
            Assert.Equal(Number, (await scope.Get<IInteractions>().InHand(Token)).Current!.NumberOrPlace);
        }
    }

    [Theory, BothDatabases]
    public async Task A_caller_is_handed_over_with_everything_typed_and_accepted_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var call = await Start(house, given.Person);
        house.Clock.Advance(TimeSpan.FromSeconds(40));
        const string drafts = """[{"person":12,"values":[["TypeId","7"],["Comment","Says <b>twice</b> as high"]]},{"values":[]}]""";
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<HandOverInteraction>().Handle(new(call, RoleId: given.Role, Comment: "Speaks Spanish", Drafts: drafts), Token)).Ok);
        house.Clock.Advance(TimeSpan.FromSeconds(100));
        await using (var scope = house.As(Actors.Of(Roles.Csr, 77)))
        {
            Assert.Empty((await scope.Get<IInteractions>().InHand(Token)).Waiting);
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<AcceptInteraction>().Handle(new(call), Token));
        }
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
        {
            Assert.Equal("Speaks Spanish", Assert.Single((await scope.Get<IInteractions>().InHand(Token)).Waiting).HandOverComment);
            var file = (await scope.Get<GetInteraction>().Handle(new(call), Token)).Value;
            Assert.True(file.WaitsForMe);
            Assert.Equal("Says <b>twice</b> as high", Assert.Single(file.Drafts).Typed);
        }
        async Task<Outcome<InteractionTaken>> Accept()
        {
            await using var scope = house.As(Actors.Of(Roles.Csr, given.Employee));
            return await scope.Get<AcceptInteraction>().Handle(new(call), Token);
        }
        Assert.All(await Task.WhenAll(Accept(), Accept()), a => Assert.Equal(given.Person, a.Value.PersonId));
        house.Clock.Advance(TimeSpan.FromSeconds(20));
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
        {
            // What nobody has recorded is not thrown away without a word.
            Assert.True((await scope.Get<IInteractions>().InHand(Token)).Current!.HasDrafts);
            Assert.Equal(IInteractions.DraftsLeft, (await scope.Get<EndInteraction>().Handle(new(call, "Line broke"), Token)).Problems.Single().Rule);
            Assert.True((await scope.Get<EndInteraction>().Handle(new(call, "Line broke", ThrowAway: true), Token)).Ok);
        }
        await using var check = house.As(Roles.Supervisor);
        var spans = await check.Db.Set<InteractionSpan>().OrderBy(s => s.Id).ToListAsync();
        Assert.Equal([1L, given.Employee], spans.Select(s => s.EmployeeId));
        // The minute and more in which the caller waited is nobody's.
        Assert.InRange(spans[0].Seconds, 40, 60);
        Assert.InRange(spans[1].Seconds, 20, 40);
        Assert.Equal(0, await check.Db.Set<InteractionDraft>().CountAsync());
        Assert.Equal(1, await check.Db.Set<InteractionLog>().CountAsync(l => l.Step == InteractionStep.Accepted));
    }

    [Theory, BothDatabases]
    public async Task Nobody_is_handed_to_who_cannot_take_them(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var call = await Start(house);
        async Task Refused(HandOverInteraction.Input input, string rule)
        {
            await using var scope = house.As(Roles.Csr);
            Assert.Equal(rule, (await scope.Get<HandOverInteraction>().Handle(input, Token)).Problems.Single().Rule);
        }
        await Refused(new(call), "interaction.address.missing");
        await Refused(new(call, 1), "interaction.address.self");
        await Refused(new(call, 999_999), "interaction.address.left");
        await Refused(new(call, given.Employee, given.Role), "interaction.address.both");
        await Refused(new(call, RoleId: 999_999), "interaction.address.role");
        // A fitter without a sign-in, and an operator who takes no callers.
        await Refused(new(call, given.Employee), "interaction.address.no_sign_in");
        await house.User(Roles.Operator, given.Employee);
        await Refused(new(call, given.Employee), "interaction.address.no_sign_in");
        using (var csr = await house.SignedIn(Roles.Csr))
        {
            Assert.Contains("Bea Long", await csr.GetStringAsync("/employees/choices?q=bea"), StringComparison.Ordinal);
            Assert.DoesNotContain("Bea Long", await csr.GetStringAsync($"/employees/choices?q=bea&may={ContactsPermissions.Record}"), StringComparison.Ordinal);
        }
        await house.User(Roles.Csr, given.Employee);
        await Refused(new(call, given.Employee, Drafts: "{nonsense"), "interaction.drafts");
        await Refused(new(call, given.Employee, Drafts: "[[1]]"), "interaction.drafts");
        // Nothing is left out without a word.
        await Refused(new(call, given.Employee, Drafts: $"[{string.Join(',', Enumerable.Repeat("""{"values":[["Comment","x"]]}""", 11))}]"), "interaction.drafts.long");
        await Refused(new(call, given.Employee, Drafts: $$"""[{"values":[{{string.Join(',', Enumerable.Range(0, 201).Select(i => $"[\"f{i}\",\"x\"]"))}}]}]"""), "interaction.drafts.long");
        await using (var scope = house.As(Actor.Process("test")))
        {
            var today = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(Token);
            scope.Db.Add(new Absence(scope.Db.NextId(), given.Employee, today, today.AddDays(3), "Vacation", null));
            await scope.Db.SaveChangesAsync();
        }
        await Refused(new(call, given.Employee), "interaction.address.absent");
        await using (var scope = house.As(Actor.Process("test")))
        {
            (await scope.Db.Set<Employee>().SingleAsync(e => e.Id == given.Employee)).Leave(DateOnly.FromDateTime(scope.Db.Now));
            await scope.Db.SaveChangesAsync();
        }
        await Refused(new(call, given.Employee), "interaction.address.left");
        await Assert_states(house, (call, InteractionState.InProgress));
    }

    [Theory, BothDatabases]
    public async Task What_nobody_accepted_is_taken_back_and_a_wrong_caller_too(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var call = await Start(house);
        await house.User(Roles.Csr, given.Employee);
        await using (var scope = house.As(Roles.Csr))
        {
            Assert.True((await scope.Get<HandOverInteraction>().Handle(new(call, given.Employee), Token)).Ok);
            Assert.Equal(call, Assert.Single((await scope.Get<IInteractions>().InHand(Token)).Parked).Id);
            Assert.Equal("conflict", (await scope.Get<EndInteraction>().Handle(new(call, "x"), Token)).Problems.Single().Rule);
            Assert.True((await scope.Get<ResumeInteraction>().Handle(new(call), Token)).Ok);
        }
        await using (var scope = house.As(Roles.Csr))
        {
            var door = scope.Get<IInteractions>();
            Assert.True((await door.TakeCaller(call, given.OtherPerson, Token)).Ok);
            Assert.True((await door.TakeCaller(call, null, Token)).Ok);
            Assert.True((await door.TakeCaller(call, given.Person, Token)).Ok);
            Assert.Equal("person.unknown", (await door.TakeCaller(call, 999_999, Token)).Problems.Single().Rule);
        }
        await using var check = house.As(Actors.Of(Roles.Csr, given.Employee));
        Assert.Empty((await check.Get<IInteractions>().InHand(Token)).Waiting);
        Assert.Equal(given.Person, (await check.Db.Set<Interaction>().SingleAsync()).PersonId);
    }

    [Theory, BothDatabases]
    public async Task A_contact_of_a_call_says_how_it_ended(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var (done, passedOn) = (await AWrapUp(house, "DONE", resolves: true), await AWrapUp(house, "PASSED", resolves: false));
        var call = await Start(house);
        Assert.Equal(("WrapUpCodeId", "wrap_up.missing"), (await Record(house, given, call, null, "x")).Problems.Select(p => (p.Field, p.Rule)).Single());
        Assert.Equal("wrap_up.unknown", (await Record(house, given, call, 999_999, "x")).Problems.Single().Rule);
        Assert.True((await Record(house, given, call, passedOn, "x")).Ok);
        Assert.True((await Record(house, given, null, null, "without a call nobody is asked")).Ok);
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            var code = (await scope.Get<GetWrapUpCode>().Handle(new(done), Token)).Value;
            Assert.True((await scope.Get<ChangeWrapUpCode>().Handle(new(done, code.Version, "Done", true, 1, ToOn: code.FromOn), Token)).Ok);
        }
        house.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal("wrap_up.not_in_force", (await Record(house, given, call, done, "x")).Problems.Single().Rule);
        await using var check = house.As(Roles.Csr);
        Assert.Equal([false, null], (await check.Db.Set<Contact>().OrderBy(c => c.Id).ToListAsync()).Select(c => c.ResolvedNow));
        await Assert.ThrowsAsync<ForbiddenException>(() => check.Get<AddWrapUpCode>().Handle(new("X", "X"), Token));
    }

    // The bench compares it with a bare endpoint: who records without a call pays nothing for those who have one.
    [Theory, BothDatabases]
    public async Task Recording_asks_nothing_more_without_a_call_and_one_thing_more_in_one(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var done = await AWrapUp(house, "DONE", resolves: true);
        var call = await Start(house, given.Person);
        await Record(house, given, null, null, "what is kept in memory is read");
        await Record(house, given, call, done, "likewise");
        async Task<(int All, int Calls)> Count(long? interaction)
        {
            using var counter = new StatementCounter(house);
            Assert.True((await Record(house, given, interaction, interaction is null ? null : done, "counted")).Ok);
            // That the call is held besides is one more where the database has it, and reads nothing.
            var reads = counter.Selects.Where(s => !s.StartsWith("select 1 from interaction ", StringComparison.Ordinal)).ToArray();
            return (reads.Length, reads.Count(s => s.Contains("interaction", StringComparison.Ordinal)));
        }
        var (without, within) = (await Count(null), await Count(call));
        Assert.Equal(0, without.Calls);
        Assert.Equal((without.All + 1, 1), within);
    }

    internal static async Task<long> AWrapUp(TestHouse house, string code, bool resolves)
    {
        await using var scope = house.As(Roles.BusinessAdministrator);
        return (await scope.Get<AddWrapUpCode>().Handle(new($"T-{code}", code, resolves), Token)).Value.Id;
    }

    internal static async Task<long> Start(TestHouse house, long? person = null, long employee = 1)
    {
        await using var scope = house.As(Actors.Of(Roles.Csr, employee));
        var started = await scope.Get<StartInteraction>().Handle(new(Channel.Phone, NumberOrPlace: "(541) 555-0142", PersonId: person), Token);
        Assert.True(started.Ok, started.ToString());
        return started.Value.Id;
    }

    internal static async Task<Outcome<RecordContact.Recorded>> Record(TestHouse house, Given given, long? call, long? wrapUp, string comment)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Get<RecordContact>().Handle(
            new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, comment, InteractionId: call, WrapUpCodeId: wrapUp), Token);
    }

    private static async Task Assert_states(TestHouse house, params (long Id, InteractionState State)[] expected)
    {
        await using var scope = house.As(Roles.Csr);
        foreach (var (id, state) in expected)
            Assert.Equal((id, state), (id, (await scope.Db.Set<Interaction>().SingleAsync(i => i.Id == id)).State));
    }
}
