using Microsoft.EntityFrameworkCore;
using Tieline.Billing.Standing;
using Tieline.Contacts.Interactions;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Configuration;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>Who is calling, by what they know, and what becomes of those who do not know it.</summary>
public class CallerTests
{
    internal static readonly Dictionary<string, string> Right = new() { ["BORN"] = "3/14/1961", ["EMAIL"] = "UNMISTAKABLE@example.com" };
    private static readonly Dictionary<string, string> Wrong = new() { ["BORN"] = "3/15/1961", ["EMAIL"] = Unmistakable.Email };

    [Theory, BothDatabases]
    public async Task After_three_failed_tries_no_more_are_taken_and_a_supervisor_hears_of_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        for (var i = 0; i < 3; i++)
            Assert.Equal(VerifyCaller.FailedRule, Assert.Single((await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: Wrong))).Problems).Rule);
        // Right now, and from a colleague: it is the customer who is guarded.
        Assert.Equal(VerifyCaller.TooManyRule, Assert.Single((await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: Right))).Problems).Rule);
        Assert.Equal(VerifyCaller.TooManyRule, Assert.Single((await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: Right), ana.Employee + 5)).Problems).Rule);
        await house.RunJobs();
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee + 5)))
        {
            Assert.Equal(3, (await scope.Get<GetCaller>().Handle(new(ana.Person), CancellationToken.None)).Value.Failed);
            var toDo = Assert.Single(await scope.Db.Set<ToDo>().Where(t => t.TypeCode == "CALLER").ToListAsync());
            Assert.Equal(ana.Person, toDo.PersonId);
            // Said once, however many are told of it.
            Assert.Equal("3 failed tries to verify a caller", Assert.Single(await scope.Get<IAlerts>().Of(ana.Person, CancellationToken.None), a => a.Text.Contains("failed", StringComparison.Ordinal)).Text);
            // What was said is nowhere kept.
            Assert.All(await scope.Db.Set<CallerTry>().ToListAsync(), t => Assert.Equal(("BORN EMAIL", 1, "BORN"), (t.Asked, t.RightAnswers, t.Wrong)));
        }
        // Its page leads there, those who may.
        var (page, again) = ($"/todos/{await CallerToDo(house)}", $"/customers/{ana.Person}/caller/again");
        Assert.Contains(again, await (await house.SignedIn(Roles.Supervisor, ana.Employee + 1)).GetStringAsync(page), StringComparison.Ordinal);
        // A supervisor decides, and says why; the work about it is done with that.
        await using (var csr = house.As(Actors.Of(Roles.Csr, ana.Employee)))
            await Assert.ThrowsAsync<ForbiddenException>(() => csr.Get<LetTryAgain>().Handle(new(ana.Person, "She is my neighbour"), CancellationToken.None));
        await using (var supervisor = house.As(Actors.Of(Roles.Supervisor, ana.Employee + 1)))
        {
            Assert.Equal("required", CustomerDesk.Rule(await supervisor.Get<LetTryAgain>().Handle(new(ana.Person, " "), CancellationToken.None)));
            CustomerDesk.Ok(await supervisor.Get<LetTryAgain>().Handle(new(ana.Person, "Called her back myself"), CancellationToken.None));
            Assert.Equal("caller.again_already", CustomerDesk.Rule(await supervisor.Get<LetTryAgain>().Handle(new(ana.Person, "Again"), CancellationToken.None)));
            await house.RunJobs();
            Assert.Equal(ToDoState.Complete, (await supervisor.Db.Set<ToDo>().AsNoTracking().SingleAsync(t => t.TypeCode == "CALLER")).State);
            Assert.DoesNotContain(again, await (await house.SignedIn(Roles.Supervisor, ana.Employee + 1)).GetStringAsync(page), StringComparison.Ordinal);
        }
        house.Clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
            Assert.Equal(VerifyCaller.FailedRule, CustomerDesk.Rule(await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: Wrong))));
        // Left alone, it is over after a while, and the words say when.
        var refused = Assert.Single((await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: Right))).Problems);
        await using (var scope = house.As(Roles.Csr))
            Assert.Contains($"taken at {await scope.Get<Tieline.Platform.Time.IUtilityClock>().ToLocal(scope.Db.Now.AddMinutes(30), CancellationToken.None):HH:mm}", refused.Message, StringComparison.Ordinal);
        house.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.True((await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: Right))).Ok);
        await using var admin = house.As(Roles.BusinessAdministrator);
        var born = await admin.Db.Set<VerificationQuestion>().Where(q => q.Code == "BORN").Select(q => q.Id).SingleAsync();
        Assert.Equal(["1 caller verified in 30 days", "6 failed tries in 30 days"], (await admin.Get<AllUsedBy>().Of(new("verification_question", born), CancellationToken.None)).Select(u => u.Text));
    }

    [Theory, BothDatabases]
    public async Task A_number_that_was_shown_to_be_called_back_is_no_answer(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var said = new VerifyCaller.Input(ana.Person, CallerCapacity.Customer, Answers: new Dictionary<string, string> { ["BORN"] = "3/14/1961", ["PHONE"] = Unmistakable.Phone });
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee)))
        {
            var phone = await scope.Db.Set<PersonPhone>().Where(p => p.PersonId == ana.Person).Select(p => p.Id).FirstAsync();
            Assert.Contains((await scope.Get<GetCallerQuestions>().Handle(new(ana.Person, ShowPhoneId: phone), CancellationToken.None)).Value.Phones, p => p.Shown);
        }
        var refused = Assert.Single((await Verify(house, ana, said)).Problems);
        Assert.Equal(("Answers[PHONE]", "caller.incomplete"), (refused.Field, refused.Rule));
        Assert.Equal(0, await Tried(house));
        // A colleague has not seen it; and it is forgotten after a while.
        Assert.True((await Verify(house, ana, said, ana.Employee + 5)).Ok);
        house.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.True((await Verify(house, ana, said)).Ok);
    }

    [Theory, BothDatabases]
    public async Task A_wrong_answer_beside_enough_right_ones_is_kept_and_more_of_them_convince_nobody(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        await using (var scope = house.As(Actor.Process("test")))
        {
            foreach (var q in await scope.Db.Set<VerificationQuestion>().Where(q => q.Code.EndsWith("ZIP")).AsNoTracking().ToListAsync())
                CustomerDesk.Ok(await scope.Get<ChangeQuestion>().Handle(new(q.Id, q.Version, q.Text, q.Checks, q.Position, true), CancellationToken.None));
        }
        VerifyCaller.Input Said(params (string Code, string Answer)[] wrong) => new(
            ana.Person, CallerCapacity.Customer, Answers: new Dictionary<string, string>(wrong.Select(w => KeyValuePair.Create(w.Code, w.Answer))) { ["EMAIL"] = Unmistakable.Email, ["PHONE"] = Unmistakable.Phone });
        Assert.Equal(VerifyCaller.FailedRule, CustomerDesk.Rule(await Verify(house, ana, Said(("BORN", "3/15/1961"), ("MAILZIP", "11111"), ("SERVICEZIP", "22222")))));
        var shown = CustomerDesk.Ok(await Verify(house, ana, Said(("BORN", "3/15/1961")))).Shown;
        Assert.StartsWith("2 right, 1 wrong (date of birth): ", shown, StringComparison.Ordinal);
        await using var seen = house.As(Actors.Of(Roles.Csr, ana.Employee));
        Assert.Equal(
            [(2, "BORN MAILZIP SERVICEZIP", false), (2, "BORN", true)],
            (await seen.Db.Set<CallerTry>().OrderBy(t => t.Id).ToListAsync()).Select(t => (t.RightAnswers, string.Join(' ', t.Wrong.Split(' ').Order(StringComparer.Ordinal)), t.Convinced)));
        // It is kept, and guards nobody more than before.
        Assert.Equal(1, (await seen.Get<GetCaller>().Handle(new(ana.Person), CancellationToken.None)).Value.Failed);
    }

    private static async Task<long> CallerToDo(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        return await scope.Db.Set<ToDo>().Where(t => t.TypeCode == "CALLER").Select(t => t.Id).SingleAsync();
    }

    private static async Task<int> Tried(TestHouse house)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Db.Set<CallerTry>().CountAsync();
    }

    [Theory, BothDatabases]
    public async Task What_was_billed_and_what_is_owed_is_known_to_the_customer(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        Assert.DoesNotContain("AMOUNT", await Asked(house, ana));
        await using (var scope = house.As(Actor.Process("test")))
        {
            var (db, today) = (scope.Db, DateOnly.FromDateTime(scope.Db.Now));
            db.Add(new AccountStanding { AccountId = ana.Account, Source = "CIS", AsOfAt = db.Now, ReceivedAt = db.Now, ReceivedFrom = db.Actor.Ref, Balance = new Money(0) });
            foreach (var (service, number, days, amount) in (ValueTuple<string, string, int, long>[])[("Electricity", "B2", 3, 8_420), ("Water", "B2", 3, 2_010), ("Electricity", "B1", 33, 7_777)])
                db.Add(new AccountBill { Id = db.NextId(), AccountId = ana.Account, Service = service, Number = number, ToOn = today.AddDays(-days), Amount = new Money(amount), AsOfAt = db.Now });
            await db.SaveChangesAsync();
        }
        Assert.Contains("AMOUNT", await Asked(house, ana));
        Dictionary<string, string> Said(string amount) => new() { ["BORN"] = "3/14/1961", ["AMOUNT"] = amount };
        // An old bill, nothing owed: a guess.
        foreach (var wrong in (string[])["77.77", "0"])
            Assert.Equal(VerifyCaller.FailedRule, Assert.Single((await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: Said(wrong)))).Problems).Rule);
        Assert.True((await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: Said("$104.30")))).Ok);
        Assert.True((await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: Said("84.20")))).Ok);
        // Who only lives there finds the bill on the table: it is no answer of theirs.
        await using (var scope = house.As(Actor.Process("test")))
        {
            foreach (var (role, told) in new[] { (AccountRole.Occupant, false), (AccountRole.Payer, true) })
            {
                scope.Db.Add(new AccountPerson(scope.Db.NextId(), ana.Account, ana.Other, role, false, DateOnly.FromDateTime(scope.Db.Now)));
                await scope.Db.SaveChangesAsync();
                Assert.Equal((role, told), (role, (await scope.Get<HeldAnswers>().Of(ana.Other, CancellationToken.None)).TryGetValue(HeldValue.Amount, out var owes) && owes("104.30")));
            }
        }
    }

    private static async Task<IEnumerable<string>> Asked(TestHouse house, Unmistakable ana)
    {
        await using var scope = house.As(Actors.Of(Roles.Csr, ana.Employee));
        return (await scope.Get<GetCallerQuestions>().Handle(new(ana.Person), CancellationToken.None)).Value.Questions.Select(q => q.Code);
    }

    [Theory, BothDatabases]
    public async Task Where_somebody_lives_is_not_asked_at_first_and_the_same_ZIP_code_is_one_answer(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        Assert.DoesNotContain(await Asked(house, ana), q => q.EndsWith("ZIP", StringComparison.Ordinal));
        await using (var scope = house.As(Actor.Process("test")))
        {
            foreach (var q in await scope.Db.Set<VerificationQuestion>().Where(q => q.Code.EndsWith("ZIP")).AsNoTracking().ToListAsync())
                CustomerDesk.Ok(await scope.Get<ChangeQuestion>().Handle(new(q.Id, q.Version, q.Text, q.Checks, q.Position, true), CancellationToken.None));
            var version = await scope.Db.Set<Person>().Where(p => p.Id == ana.Person).Select(p => p.Version).SingleAsync();
            CustomerDesk.Ok(await scope.Get<AddAddress>().Handle(new(ana.Person, version, AddressKind.Mailing, "PO Box 12, Springfield, OR 97477"), CancellationToken.None));
        }
        VerifyCaller.Input Said(string mail, string service) => new(ana.Person, CallerCapacity.Customer, Answers: new Dictionary<string, string> { ["MAILZIP"] = mail, ["SERVICEZIP"] = service });
        Assert.Equal("caller.incomplete", CustomerDesk.Rule(await Verify(house, ana, Said("97477", "97477-1234"))));
        Assert.Equal(0, await Tried(house));
        Assert.True((await Verify(house, ana, Said("97401", "97477"))).Ok);
    }

    [Theory, BothDatabases]
    public async Task A_passphrase_is_kept_as_a_hash_and_heard_by_letters_and_digits(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee)))
        {
            var unseen = await scope.Get<SetPassphrase>().Handle(new(ana.Person, await Version(scope, ana), "Blue Heron"), CancellationToken.None);
            Assert.Equal(RecordsInSight.NotVerifiedRule, Assert.Single(unseen.Problems).Rule);
        }
        await using (var scope = house.As(Actors.Of(Roles.Supervisor, ana.Employee + 1)))
        {
            Assert.Equal("passphrase.short", Assert.Single((await scope.Get<SetPassphrase>().Handle(new(ana.Person, await Version(scope, ana), "a - b"), CancellationToken.None)).Problems).Rule);
            Assert.True((await scope.Get<SetPassphrase>().Handle(new(ana.Person, await Version(scope, ana), "Blue Heron"), CancellationToken.None)).Ok);
            Assert.DoesNotContain("Heron", await scope.Db.Set<Person>().Where(p => p.Id == ana.Person).Select(p => p.PassphraseHash).SingleAsync(), StringComparison.OrdinalIgnoreCase);
        }
        Assert.False((await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Passphrase: "blue herring"))).Ok);
        Assert.Equal("passphrase", (await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Passphrase: "blue-heron!"))).Value.Shown);
        Assert.Equal(SightLevel.Full, await Level(house, ana, ana.Employee));
    }

    [Theory, BothDatabases]
    public async Task Only_who_may_speak_for_a_customer_does_and_what_they_know_of_themselves_counts(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var stranger = new VerifyCaller.Input(ana.Person, CallerCapacity.Landlord, ana.Other, Answers: Right);
        Assert.Equal("caller.not_on_record", Assert.Single((await Verify(house, ana, stranger)).Problems).Rule);
        Assert.Equal("caller.not_on_record", Assert.Single((await Verify(house, ana, stranger with { As = CallerCapacity.AuthorisedThirdParty })).Problems).Rule);
        Assert.Equal("caller.not_on_record", Assert.Single((await Verify(house, ana, stranger with { As = CallerCapacity.PersonOnAccount })).Problems).Rule);
        // Nobody verified is no look behind the mask.
        Assert.True((await Verify(house, ana, new(ana.Person, CallerCapacity.Unverified))).Ok);
        Assert.Equal(SightLevel.Masked, await Level(house, ana, ana.Employee));
        // The passphrase comes back to them, or somebody else takes the telephone: there is another try.
        var csr = await house.SignedIn(Roles.Csr, ana.Employee);
        var again = $"href=\"/customers/{ana.Person}/caller/verify\" data-drawer data-key=\"a\"";
        Assert.Contains(again, await csr.GetStringAsync($"/customers/{ana.Person}/caller"), StringComparison.Ordinal);
        Assert.True((await Verify(house, ana, new(ana.Person, CallerCapacity.Customer, Answers: Right))).Ok);
        Assert.Contains(again, await csr.GetStringAsync($"/customers/{ana.Person}/caller"), StringComparison.Ordinal);
        await using var machine = house.As(new Actor(ActorKind.ApiKey, 77, "machine", Actors.PermissionsOf(Roles.Csr).ToHashSet()));
        Assert.Equal("caller.no_employee", Assert.Single((await machine.Get<VerifyCaller>().Handle(new(ana.Person, CallerCapacity.Customer, Answers: Right), CancellationToken.None)).Problems).Rule);
    }

    [Theory, BothDatabases]
    public async Task Who_is_authorised_is_named_with_it_and_does_what_it_covers_until_it_ends(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        long maria, tom;
        DateOnly until;
        await using (var scope = house.As(Actor.Process("test")))
        {
            until = (await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(CancellationToken.None)).AddDays(90);
            maria = CustomerDesk.Ok(await scope.Get<GiveAuthorisation>().Handle(
                new(ana.Person, [AuthorisationScope.Information], AuthorisationForm.Written, until, Name: "Maria Cole", Organisation: "energy adviser", AccountId: ana.Account), CancellationToken.None)).Id;
            tom = CustomerDesk.Ok(await scope.Get<GiveAuthorisation>().Handle(new(ana.Person, [AuthorisationScope.StartAndStop, AuthorisationScope.Changes], AuthorisationForm.Written, until, Name: "Tom Bell"), CancellationToken.None)).Id;
        }
        var who = $"Maria Cole, energy adviser: information only, account {ana.Number} only, until {until:d MMM yyyy}";
        var input = new VerifyCaller.Input(ana.Person, CallerCapacity.AuthorisedThirdParty, ana.Person, Answers: Right, AuthorisationId: maria);
        Assert.Equal(VerifyCaller.NewRule, Assert.Single((await Verify(house, ana, input)).Problems).Rule);
        house.Clock.Advance(TimeSpan.FromMinutes(31));

        // Of two outsiders each has a way of their own to be chosen.
        var csr = await house.SignedIn(Roles.Csr, ana.Employee);
        var page = await csr.GetStringAsync($"/customers/{ana.Person}/caller/verify?speaker=authorisation-{tom}");
        Assert.Matches("btn-primary\"[^>]*>Tom Bell", page);
        Assert.DoesNotMatch("btn-primary\"[^>]*>Maria Cole", page);
        Assert.Equal(nameof(VerifyCaller.Input.AuthorisationId), Assert.Single((await Verify(house, ana, input with { AuthorisationId = null })).Problems).Field);

        Assert.True((await Verify(house, ana, input)).Ok);
        Assert.Contains(who, System.Net.WebUtility.HtmlDecode(await csr.GetStringAsync($"/customers/{ana.Person}/caller")), StringComparison.Ordinal);
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee)))
        {
            // The account, and nothing else of the customer.
            var seen = await scope.Get<ICustomers>().Masking([(null, ana.Account), (ana.Person, null)], CancellationToken.None);
            Assert.Equal((SightLevel.Full, SightLevel.Masked), (seen.Of(null, ana.Account).Level, seen.Of(ana.Person).Level));
            Assert.Equal(SightLevel.Full, Assert.Single((await scope.Get<ICustomers>().AccountsOf(ana.Person, CancellationToken.None)).Accounts).Sight);
            Assert.Equal(who, (await scope.Get<ICustomers>().InHand(ana.Person, CancellationToken.None))!.Speaker);
            foreach (var refused in new[]
            {
                Assert.Single((await scope.Get<ChangeAccount>().Handle(new(ana.Account, 0, CustomerClass.Residential, "C09"), CancellationToken.None)).Problems),
                Assert.Single((await scope.Get<AddPhone>().Handle(new(ana.Person, 0, "541 726 4499"), CancellationToken.None)).Problems),
            })
            {
                Assert.Equal(KnownCallers.OutsideRule, refused.Rule);
                Assert.StartsWith(who, refused.Message, StringComparison.Ordinal);
            }
        }
        // Of two who speak for the customer, the strip names who speaks in the call in hand, also when the other came later.
        var first = new RecordRef("interaction", await Take(house, ana.Employee + 7));
        Assert.True((await Verify(house, ana, input with { Interaction = $"{first}" }, ana.Employee + 7)).Ok);
        var second = new RecordRef("interaction", await Take(house, ana.Employee + 7));
        Assert.True((await Verify(house, ana, input with { Interaction = $"{second}", AuthorisationId = tom }, ana.Employee + 7)).Ok);
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee + 7)))
        {
            Assert.StartsWith("Tom Bell", (await scope.Get<ICustomers>().InHand(ana.Person, CancellationToken.None))!.Speaker, StringComparison.Ordinal);
            Assert.True((await scope.Get<ResumeInteraction>().Handle(new(first.Id), CancellationToken.None)).Ok);
            Assert.Equal(who, (await scope.Get<ICustomers>().InHand(ana.Person, CancellationToken.None))!.Speaker);
        }
        // A colleague who goes on with the call knows it, too; what is revoked meanwhile opens nothing.
        var call = new RecordRef("interaction", await Take(house, ana.Employee));
        Assert.True((await Verify(house, ana, input with { Interaction = $"{call}" })).Ok);
        await Tell(house, c => c.TakeUpCallers(call, ana.Employee + 5, CancellationToken.None));
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee + 5)))
        {
            Assert.Equal(who, (await scope.Get<GetCaller>().Handle(new(ana.Person), CancellationToken.None)).Value.Caller!.Who);
            Assert.True((await scope.Get<RevokeAuthorisation>().Handle(new(ana.Person, maria, 1, "Says that it is over"), CancellationToken.None)).Ok);
        }
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee + 5)))
            Assert.Equal(SightLevel.Masked, (await scope.Get<ICustomers>().Masking([(null, ana.Account)], CancellationToken.None)).Of(null, ana.Account).Level);

        Assert.True((await Verify(house, ana, input with { AuthorisationId = tom }, ana.Employee + 9)).Ok);
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee + 9)))
        {
            var version = await scope.Db.Set<Account>().Where(a => a.Id == ana.Account).Select(a => a.Version).SingleAsync();
            CustomerDesk.Ok(await scope.Get<ChangeAccount>().Handle(new(ana.Account, version, CustomerClass.Residential, "C09"), CancellationToken.None));
            Assert.Equal(KnownCallers.OutsideRule, CustomerDesk.Rule(await scope.Get<SetPassphrase>().Handle(new(ana.Person, 0, "blue heron"), CancellationToken.None)));
        }
    }

    internal static async Task<long> Take(TestHouse house, long employee)
    {
        await using var scope = house.As(Actors.Of(Roles.Csr, employee));
        return (await scope.Get<StartInteraction>().Handle(new(), CancellationToken.None)).Value.Id;
    }

    internal static async Task<Outcome<VerifyCaller.Verified>> Verify(TestHouse house, Unmistakable ana, VerifyCaller.Input input, long? employee = null)
    {
        await using var scope = house.As(Actors.Of(Roles.Csr, employee ?? ana.Employee));
        return await scope.Get<VerifyCaller>().Handle(input, CancellationToken.None);
    }

    internal static async Task Tell(TestHouse house, Func<ICustomers, Task> tell)
    {
        await using var scope = house.As(Actor.Process("test"));
        await tell(scope.Get<ICustomers>());
        await scope.Db.SaveChangesAsync();
    }

    internal static async Task<SightLevel> Level(TestHouse house, Unmistakable ana, long employee)
    {
        await using var scope = house.As(Actors.Of(Roles.Csr, employee));
        return (await scope.Get<ICustomers>().Sight([ana.Person], CancellationToken.None))[ana.Person];
    }

    private static Task<int> Version(TestScope scope, Unmistakable ana) => scope.Db.Set<Person>().Where(p => p.Id == ana.Person).Select(p => p.Version).SingleAsync();
}
