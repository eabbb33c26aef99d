using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Customers.Agreements;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Notes;
using Tieline.Customers.Callers;
using Tieline.Customers.Duplicates;
using Tieline.Customers.Finding;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Customers.Warnings;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Modules.Customers.Merging;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>What stands beside a customer's record, and tells of them all the same: scans, pairs, merges, others' stories, calls, places, and numbers that count.</summary>
public class BesideTheRecordTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task A_scan_is_offered_and_handed_to_those_only_who_see_the_customer_whole(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var given = await Do<GiveAuthorisation, GiveAuthorisation.Input, Added>(house, Roles.Supervisor, new(
            ana.Person, [AuthorisationScope.Everything], AuthorisationForm.Written, new DateOnly(2099, 1, 1), Name: "Carla Carer", Files: [new Attachment("order.txt", "text/plain", "Said"u8.ToArray())]));
        long file;
        await using (var scope = house.As(Actor.Process("test")))
            file = (await scope.Get<IFiles>().Of(new RecordRef("authorisation", given.Id), Token))[0].Id;
        var (page, scan) = ($"/customers/{ana.Person}/authorisations/{given.Id}", $"/authorisations/{given.Id}/files/{file}");
        using var csr = await house.SignedIn(Roles.Csr, ana.Employee);
        using var clerk = await house.SignedIn(Roles.BackOffice, ana.Employee + 1);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync(scan, Token)).StatusCode);
        foreach (var (offers, link) in (ValueTuple<string, string>[])[(page, scan), ($"/contacts/{ana.Contact}", $"/contacts/{ana.Contact}/files/")])
        {
            var text = await csr.GetStringAsync(offers, Token);
            Assert.DoesNotContain(link, text, StringComparison.Ordinal);
            Assert.Contains("who is calling", text, StringComparison.Ordinal);
            Assert.Contains(link, await clerk.GetStringAsync(offers, Token), StringComparison.Ordinal);
        }
        Assert.Equal("Said", await clerk.GetStringAsync(scan, Token));
        await ana.Restrict();
        Assert.Equal(HttpStatusCode.Forbidden, (await clerk.GetAsync(scan, Token)).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task What_is_said_of_a_place_names_nobody_closed_who_lives_there_on_the_pages_of_others(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (bob, maria) = (await desk.Person("Bob", "Quist", email: "bob@example.org"), await desk.Person("Maria", "Unmistak", "541 555 0199"));
        var (his, hers, elm) = (await desk.Account(bob.Id), await desk.Account(maria.Id), await desk.Premise());
        var old = await desk.Agreement(his.Id, elm.Id);
        await desk.Move(old.Id, 0, AgreementState.Active);
        await desk.Move((await desk.Agreement(hers.Id, elm.Id, ServiceType.Water)).Id, 0, AgreementState.Active);
        const string Said = "Maria Unmistak: ring 541 555 0199 before coming";
        await using (var scope = desk.House.As(Roles.Supervisor))
        {
            CustomerDesk.Ok(await scope.Get<AddNote>().Handle(new(null, null, elm.Id, Said), Token));
            CustomerDesk.Ok(await scope.Get<AddWarning>().Handle(new(null, elm.Id, WarningKind.Threat, Said, "crew", desk.Today.AddDays(30)), Token));
            CustomerDesk.Ok(await scope.Get<RestrictPerson>().Handle(new(maria.Id, await MergeTests.Version(scope, maria.Id), PersonRestriction.Protected, "Order 4711"), Token));
            scope.Db.Add(new Caller(scope.Db.NextId(), 9, null, bob.Id, null, null, null, CallerCapacity.Customer, false, false, CallerWay.Passphrase, "passphrase", scope.Db.Now, scope.Db.Now.AddHours(1)));
            await scope.Db.SaveChangesAsync(Token);
        }
        // Bob is verified: his page, his account and his alerts are open, and the place's words are those of the place.
        var csr = await desk.House.SignedIn(Roles.Csr, 9);
        await using var seen = desk.House.As(Actors.Of(Roles.Csr, 9));
        Assert.Equal(SightLevel.Full, (await seen.Get<ICustomers>().Sight([bob.Id], Token))[bob.Id]);
        foreach (var path in (string[])[$"/customers/{bob.Id}", $"/accounts/{his.Id}", $"/premises/{elm.Id}", $"/api/v1/people/{bob.Id}/accounts", $"/api/v1/people/{bob.Id}/alerts"])
        {
            var text = await csr.GetStringAsync(path, Token);
            Assert.DoesNotContain("Unmistak", text, StringComparison.Ordinal);
            Assert.DoesNotContain("0199", text, StringComparison.Ordinal);
            Assert.Contains("before coming", text, StringComparison.Ordinal);
        }
        var supervisor = await desk.House.SignedIn(Roles.Supervisor, 10);
        Assert.Contains(Said, await supervisor.GetStringAsync($"/customers/{bob.Id}", Token), StringComparison.Ordinal);
        Assert.Contains("Maria Unmistak", Assert.Single(await As(10), a => a.Code == "customers.warning").Text, StringComparison.Ordinal);
        // Where he was supplied once, too.
        await desk.Move(old.Id, 1, AgreementState.PendingStop, AgreementState.Stopped);
        Assert.DoesNotContain("Unmistak", await csr.GetStringAsync($"/customers/{bob.Id}", Token), StringComparison.Ordinal);

        async Task<IReadOnlyList<AlertLine>> As(long employee)
        {
            await using var scope = desk.House.As(Actors.Of(Roles.Supervisor, employee));
            return await scope.Get<IAlerts>().Of(bob.Id, Token);
        }
    }

    [Theory, BothDatabases]
    public async Task Pairs_and_merges_of_closed_people_are_nobodys_who_may_not_see_them(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var twin = await Do<AddPerson, AddPerson.Input, AddPerson.Added>(house, Roles.Supervisor, new(PersonKind.Individual, "Anna", "Ruis", Phones: [new(Unmistakable.Phone)], ConfirmedNew: true));
        var third = await Do<AddPerson, AddPerson.Input, AddPerson.Added>(house, Roles.Supervisor, new(PersonKind.Individual, "Ann", "Ruiz", Phones: [new(Unmistakable.Phone)], ConfirmedNew: true));
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<DuplicateFinder>().Look(0, third.Id, Token);
            await scope.Db.SaveChangesAsync(Token);
        }
        var pair = (await Do<ListDuplicates, ListDuplicates.Input, Page<DuplicateLine>>(house, Roles.BackOffice, new(RecordId: ana.Person))).Items[0];
        // Who may merge and not see what is masked is told that the two differ, and not in what.
        await Do<ChangePerson, ChangePerson.Input, Done>(house, Roles.Supervisor, new(twin.Id, twin.Version, new(1960, 1, 2), "en", false, false, false, false, null, false, false));
        await using (var scope = house.As(new Actor(ActorKind.Employee, 4_002, "Merger", new HashSet<string>(["customers.read", "customers.merge"]))))
        {
            var differing = Assert.Single((await scope.Get<PreviewPeople>().Handle(new(twin.Id, ana.Person), Token)).Value.Conflicts);
            Assert.StartsWith("Born on ", differing.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("196", differing.Text, StringComparison.Ordinal);
        }
        var merged = await Merge(house, twin.Id, ana.Person);
        await ana.Restrict();

        using var clerk = await house.SignedIn(Roles.BackOffice, ana.Employee + 1);
        var all = await Do<ListDuplicates, ListDuplicates.Input, Page<DuplicateLine>>(house, Roles.BackOffice, new());
        Assert.DoesNotContain(all.Items, l => l.A.Id == ana.Person || l.B.Id == ana.Person);
        Assert.Empty((await Do<ListDuplicates, ListDuplicates.Input, Page<DuplicateLine>>(house, Roles.BackOffice, new(State: DuplicateState.Merged))).Items);
        Assert.NotEmpty((await Do<ListDuplicates, ListDuplicates.Input, Page<DuplicateLine>>(house, Roles.Supervisor, new())).Items);
        Assert.DoesNotContain($"{ana.Person}", await clerk.GetStringAsync("/duplicates/export", Token), StringComparison.Ordinal);
        await Refused<GetDuplicate, GetDuplicate.Input, DuplicateLine>(house, Roles.BackOffice, new(pair.Id));
        await Refused<SayNotTheSame, SayNotTheSame.Input, Done>(house, Roles.BackOffice, new(pair.Id, pair.Version, "They say so"));
        await Refused<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(house, Roles.BackOffice, new(merged.Id, "They say so"));
        // The id that was merged tells no more than the survivor's.
        await Refused<ListMerges, ListMerges.Input, IReadOnlyList<MergeLine>>(house, Roles.BackOffice, new(twin.Id));
        await using (var scope = house.As(Roles.BackOffice))
        {
            var named = await scope.Get<ICustomers>().Describe([new("person", twin.Id), new("person", ana.Person)], Token);
            Assert.All(named.Values, name => Assert.Equal(Masks.Closed, name));
            Assert.Equal(2, named.Count);
        }
        Assert.DoesNotContain("Ruiz", await (await clerk.GetAsync($"/customers/{twin.Id}", Token)).Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        // Separated again they are two, both closed: the one whom a supervisor opens has a story without the other's name.
        await Do<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(house, Roles.Supervisor, new(merged.Id, "Two sisters"));
        await Refused<ListMerges, ListMerges.Input, IReadOnlyList<MergeLine>>(house, Roles.BackOffice, new(twin.Id));
        int version;
        await using (var scope = house.As(Roles.Supervisor))
            version = await scope.Db.Set<Person>().Where(p => p.Id == twin.Id).Select(p => p.Version).SingleAsync(Token);
        await Do<RestrictPerson, RestrictPerson.Input, Done>(house, Roles.Supervisor, new(twin.Id, version, PersonRestriction.None, "Her sister's order"));
        await using (var scope = house.As(Roles.BackOffice))
        {
            Assert.DoesNotContain((await scope.Get<ITimeline>().Read(new(PersonId: twin.Id), null, 50, Token)).Items, l => $"{l.Title}{l.Body}".Contains("Ana Ruiz", StringComparison.Ordinal));
            var line = Assert.Single((await scope.Get<ListMerges>().Handle(new(twin.Id), Token)).Value);
            Assert.Equal((Masks.Closed, null), (line.Name, line.Reference));
        }
    }

    [Theory, BothDatabases]
    public async Task Others_stories_lists_and_alerts_do_not_name_a_restricted_person(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        // Before the order, and after it by somebody who may see her.
        await Do<GiveAuthorisation, GiveAuthorisation.Input, Added>(house, Roles.Supervisor, new(ana.Other, [AuthorisationScope.Everything], AuthorisationForm.Spoken, Soon(house, 3), OtherPersonId: ana.Person));
        await ana.Restrict();
        var second = await Do<GiveAuthorisation, GiveAuthorisation.Input, Added>(house, Roles.Supervisor, new(ana.Other, [AuthorisationScope.Changes], AuthorisationForm.Spoken, Soon(house, 5), OtherPersonId: ana.Person));
        await Do<RevokeAuthorisation, RevokeAuthorisation.Input, Done>(house, Roles.Supervisor, new(ana.Other, second.Id, 1, "Fell out"));
        using var clerk = await house.SignedIn(Roles.BackOffice, ana.Employee + 1);
        foreach (var page in (string[])[$"/customers/{ana.Other}", $"/customers/{ana.Other}/timeline", "/authorisations", "/authorisations/export", $"/premises/{ana.Premise}"])
            Assert.DoesNotContain("Ana Ruiz", await clerk.GetStringAsync(page, Token), StringComparison.Ordinal);
        Assert.Contains("Restricted customer may act until", WebUtility.HtmlDecode(await clerk.GetStringAsync($"/customers/{ana.Other}", Token)), StringComparison.Ordinal);
        var listed = await Do<ListAuthorisations, ListAuthorisations.Input, Page<AuthorisationLine>>(house, Roles.BackOffice, new());
        Assert.All(listed.Items, l => Assert.Null(l.OtherPersonId));
        using var supervisor = await house.SignedIn(Roles.Supervisor, ana.Employee + 2);
        Assert.Contains("Ana Ruiz", await supervisor.GetStringAsync("/authorisations", Token), StringComparison.Ordinal);
        // The alert names her to those who may see her, and to no relative of hers, restricted or not.
        Assert.Contains("Ana Ruiz may act until", WebUtility.HtmlDecode(await supervisor.GetStringAsync($"/customers/{ana.Other}", Token)), StringComparison.Ordinal);
        await Do<AddRelationship, AddRelationship.Input, AddRelationship.Added>(house, Roles.Supervisor, new(ana.Person, RelationshipKind.Relative, EmployeeId: ana.Employee));
        await ana.Restrict(PersonRestriction.None);
        await using var relative = house.As(Actors.Of(Roles.Supervisor, ana.Employee));
        Assert.Contains(await relative.Get<IAlerts>().Of(ana.Other, Token), a => a.Text.StartsWith("Restricted customer may act until", StringComparison.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task Words_about_a_place_hide_what_those_who_live_there_hold(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        await using (var scope = house.As(Actor.Process("test")))
            Assert.True((await scope.Get<RecordContact>().Handle(
                new(null, "T-WIRE", null, null, ana.Premise, Channel.Phone, ContactDirection.Inbound, $"At 12 N Elm St Ana Ruiz: {Unmistakable.Said}", ReporterName: "Ana Ruiz", ReporterPhone: Unmistakable.Phone), Token)).Ok);
        await Do<AddWarning, AddWarning.Input, Added>(house, Roles.Supervisor, new(null, ana.Premise, WarningKind.Dog, $"Ana Ruiz: {Unmistakable.Said}", $"{Unmistakable.Email}", Soon(house, 30)));
        using var csr = await house.SignedIn(Roles.Csr, ana.Employee);
        long contact, warning, merge;
        await using (var scope = house.As(Actor.Process("test")))
        {
            var twice = (await scope.Get<AddPremise>().Handle(new(Line: "12 North Elm Street, Eugene, OR 97401", ConfirmedNew: true), Token)).Value;
            var version = await scope.Db.Set<Premise>().Where(p => p.Id == ana.Premise).Select(p => p.Version).SingleAsync(Token);
            var merged = await scope.Get<MergePremises>().Handle(new(twice.Id, twice.Version, ana.Premise, version, $"Ana Ruiz: {Unmistakable.Said}", true), Token);
            Assert.True(merged.Ok, merged.ToString());
            merge = merged.Value.Id;
            (contact, warning) = (await scope.Db.Set<Contact>().MaxAsync(c => c.Id, Token), await scope.Db.Set<Warning>().MaxAsync(w => w.Id, Token));
        }
        string[] pages = [$"/premises/{ana.Premise}/merges", $"/why/merge:{merge}", $"/api/v1/merges?premiseId={ana.Premise}",$"/contacts/{contact}", "/contacts", $"/contacts?premise={ana.Premise}", $"/premises/{ana.Premise}", $"/warnings/{warning}", $"/customers/{ana.Person}"];
        foreach (var page in pages)
        {
            var text = WebUtility.HtmlDecode(await csr.GetStringAsync(page, Token));
            Assert.All(Unmistakable.Values, value => Assert.DoesNotContain(value, text, StringComparison.OrdinalIgnoreCase));
        }
        // Where it is must be told in any case.
        Assert.Contains("At 12 N Elm St Ana Ruiz", await csr.GetStringAsync($"/contacts/{contact}", Token), StringComparison.Ordinal);
        // Nor does the history of the place, to those who read histories and see nobody unmasked.
        var auditor = new Actor(ActorKind.Employee, ana.Employee + 3, "Auditor", new HashSet<string>(["customers.read", "audit.read"]));
        async Task<string> History()
        {
            await using var scope = house.As(auditor);
            return string.Join('\n', (await scope.Get<Tieline.Platform.Audit.ReadHistory>().Handle(new($"premise:{ana.Premise}", Tieline.Platform.Audit.ReadHistory.Changes), Token)).Value.Items.Select(l => l.Changes));
        }
        var history = await History();
        Assert.Contains("Ana Ruiz: Call", history, StringComparison.Ordinal);
        Assert.All(Unmistakable.Values, value => Assert.DoesNotContain(value, history, StringComparison.OrdinalIgnoreCase));
        await ana.Restrict();
        Assert.DoesNotContain("Ruiz", await History(), StringComparison.Ordinal);
        foreach (var page in pages[..^1])
            Assert.DoesNotContain("Ruiz", await csr.GetStringAsync(page, Token), StringComparison.Ordinal);
        var listed = await Do<ListWarnings, ListWarnings.Input, IReadOnlyList<ListWarnings.Line>>(house, Roles.Csr, new(PremiseId: ana.Premise));
        Assert.DoesNotContain("Ruiz", Assert.Single(listed).Reason, StringComparison.Ordinal);
        // Nor is there a list of what she said, whatever it was.
        Assert.DoesNotContain($"/contacts/{ana.Contact}", await csr.GetStringAsync($"/contacts?person={ana.Person}", Token), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_call_tells_no_number_and_no_words_of_whom_one_may_not_see(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        long call;
        await using (var scope = house.As(Actors.Of(Roles.Csr, ana.Employee)))
        {
            call = (await scope.Get<StartInteraction>().Handle(new(Channel.Phone, NumberOrPlace: Unmistakable.Phone, PersonId: ana.Person), Token)).Value.Id;
            Assert.True((await scope.Get<ParkInteraction>().Handle(new(call, $"Waits: {Unmistakable.Said}"), Token)).Ok);
            Assert.True((await scope.Get<EndInteraction>().Handle(new(call, $"Call {Unmistakable.Phone}"), Token)).Ok);
        }
        using var csr = await house.SignedIn(Roles.Csr, ana.Employee);
        foreach (var page in (string[])["/interactions", $"/interactions/{call}"])
        {
            var text = WebUtility.HtmlDecode(await csr.GetStringAsync(page, Token));
            Assert.All(Unmistakable.Values, value => Assert.DoesNotContain(value, text, StringComparison.OrdinalIgnoreCase));
        }
        await ana.Restrict();
        // Who looks after all calls is not by that let into closed records.
        var overseer = new Actor(ActorKind.Employee, ana.Employee + 3, "Overseer", new HashSet<string>(["contacts.read", "contacts.supervise", "contacts.export", "customers.read", "customers.unmasked", "audit.read"]));
        await using (var scope = house.As(overseer))
        {
            var row = Assert.Single((await scope.Get<ListInteractions>().Handle(new(), Token)).Value.Items);
            Assert.Equal((Masks.Closed, null, null), (row.Person, row.Line.NumberOrPlace, row.Line.Note));
            var found = (await scope.Get<GetInteraction>().Handle(new(call), Token)).Value;
            Assert.DoesNotContain(found.Log, l => l.Body?.Contains("726", StringComparison.Ordinal) == true);
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<Tieline.Platform.Audit.ReadHistory>().Handle(new($"interaction:{call}"), Token));
        }
        await using (var scope = house.As(Actors.Of(Roles.Supervisor, ana.Employee + 2)))
            Assert.Equal(Unmistakable.Phone, Assert.Single((await scope.Get<ListInteractions>().Handle(new(), Token)).Value.Items).Line.NumberOrPlace);
    }

    [Theory, BothDatabases]
    public async Task No_number_and_no_answer_tells_whether_a_guess_about_a_closed_record_is_right(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var me = Actors.Of(Roles.Supervisor, ana.Employee);
        await Do<AddRelationship, AddRelationship.Input, AddRelationship.Added>(house, Roles.Supervisor, new(ana.Person, RelationshipKind.Relative, EmployeeId: ana.Employee));
        await using (var scope = house.As(me))
        {
            foreach (var typed in (string[])["ruiz ana", "5417268842", Unmistakable.Email])
            {
                Assert.Equal(0, (await scope.Get<CountCustomers>().Handle(new(typed), Token)).Value.Total);
                Assert.Equal(0, (await scope.Get<FindCustomers>().Handle(new(typed), Token)).Value.Total);
                Assert.Equal(0, (await scope.Get<CustomerChoices>().People(typed, Token)).More);
            }
        }
        Assert.Equal(1, (await Do<CountCustomers, CountCustomers.Input, CountCustomers.Counted>(house, Roles.Supervisor, new("ruiz ana"))).Total);
        await ana.Restrict();
        await using (var scope = house.As(Roles.BackOffice))
        {
            var reference = await scope.Db.Set<Person>().Where(p => p.Id == ana.Person).Select(p => p.Reference).SingleAsync(Token);
            var valid = ReferenceNumber.TryParse(reference, out _);
            if (!valid)
                reference = ReferenceNumber.Format(4_711, "P");
            if (!valid)
                await Dapper.SqlMapper.ExecuteAsync(await scope.Connection(), $"update person set reference = '{reference}' where id = {ana.Person}");
            Assert.Equal(Masks.Closed, Assert.Single((await scope.Get<ListPeople>().Handle(new(reference), Token)).Value.Items).Name);
            foreach (var guess in (ListPeople.Input[])[new(reference, Phone: Unmistakable.Phone), new(reference, Email: Unmistakable.Email), new(Phone: Unmistakable.Phone)])
                Assert.Empty((await scope.Get<ListPeople>().Handle(guess, Token)).Value.Items);
        }
    }

    [Theory, BothDatabases]
    public async Task Masked_words_are_not_carried_to_somebody_whom_one_may_see(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var csr = Actors.Of(Roles.Csr, ana.Employee);
        async Task<Outcome<Done>> Move(long contact, long? to)
        {
            await using var scope = house.As(csr);
            return await scope.Get<MoveContact>().Handle(new(contact, await scope.Db.Set<Contact>().Where(c => c.Id == contact).Select(c => c.Version).SingleAsync(Token), to, null, null, "Wrong person"), Token);
        }
        // To an accomplice whom the CSR has verified, the words would stand there in full.
        Assert.Equal("person.not_verified", Assert.Single((await Move(ana.Contact, ana.Other)).Problems).Rule);
        // What oneself has typed on the wrong person is put right, whoever is masked.
        long own;
        await using (var scope = house.As(csr))
            own = (await scope.Get<RecordContact>().Handle(new(ana.HighBill, null, ana.Person, null, null, Channel.Phone, null, $"Call {Unmistakable.Phone}"), Token)).Value.Id;
        Assert.True((await Move(own, ana.Other)).Ok);
    }

    private static DateOnly Soon(TestHouse house, int days) => DateOnly.FromDateTime(house.Clock.GetUtcNow().UtcDateTime).AddDays(days);

    private static async Task<MergePeople.Merged> Merge(TestHouse house, long from, long into)
    {
        await using var scope = house.As(Roles.Supervisor);
        var versions = await scope.Db.Set<Person>().Where(p => p.Id == from || p.Id == into).ToDictionaryAsync(p => p.Id, p => p.Version, Token);
        var merged = await scope.Get<MergePeople>().Handle(new(from, versions[from], into, versions[into], "Same person", ConflictsSeen: true), Token);
        Assert.True(merged.Ok, merged.ToString());
        return merged.Value;
    }

    private static async Task<TResult> Do<TUse, TInput, TResult>(TestHouse house, string role, TInput input) where TUse : class, IUse<TInput, TResult>
    {
        await using var scope = house.As(Actors.Of(role, 4_001));
        var done = await scope.Get<TUse>().Handle(input, Token);
        Assert.True(done.Ok, done.ToString());
        return done.Value;
    }

    private static async Task Refused<TUse, TInput, TResult>(TestHouse house, string role, TInput input) where TUse : class, IUse<TInput, TResult>
    {
        await using var scope = house.As(Actors.Of(role, 4_001));
        await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<TUse>().Handle(input, Token));
    }
}
