using Tieline.Customers;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Consents;
using Tieline.Customers.Warnings;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

/// <summary>Who may act for a customer, what those must know who go there, and what may be sent.</summary>
public sealed class SafetyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<Outcome<Added>> Give(CustomerDesk desk, long person, DateOnly? to, DateOnly? from = null, string? name = "Carla Carer", long? other = null, long? account = null) =>
        desk.Run<GiveAuthorisation, GiveAuthorisation.Input, Added>(
            new(person, [AuthorisationScope.PaymentArrangement], AuthorisationForm.Spoken, to, from, other, name, AccountId: account));

    [Theory, BothDatabases]
    public async Task An_authorisation_holds_between_its_days_and_until_it_is_revoked(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        var account = await desk.Account(person.Id);
        var id = CustomerDesk.Ok(await Give(desk, person.Id, desk.Today.AddDays(2), desk.Today.AddDays(1), account: account.Id)).Id;

        Assert.Empty(await InForce(desk, person.Id, desk.Today));
        var held = Assert.Single(await InForce(desk, person.Id, desk.Today.AddDays(2)));
        Assert.Equal("Carla Carer", held.Name);
        Assert.True(held.Covers(AuthorisationScope.PaymentArrangement, account.Id));
        Assert.True(held.Covers(AuthorisationScope.Information, account.Id));
        Assert.False(held.Covers(AuthorisationScope.Changes, account.Id));
        Assert.False(held.Covers(AuthorisationScope.PaymentArrangement, account.Id + 1));
        Assert.Empty(await InForce(desk, person.Id, desk.Today.AddDays(3)));
        Assert.Equal(id, Assert.Single((await desk.Facts(person.Id)).Authorisations).Id);

        Assert.Equal("required", CustomerDesk.Rule(await desk.Do<RevokeAuthorisation, RevokeAuthorisation.Input>(new(person.Id, id, 1, " "))));
        Assert.Equal("not_found", CustomerDesk.Rule(await desk.Do<RevokeAuthorisation, RevokeAuthorisation.Input>(new(person.Id + 1, id, 1, "fell out"))));
        CustomerDesk.Ok(await desk.Do<RevokeAuthorisation, RevokeAuthorisation.Input>(new(person.Id, id, 1, "fell out")));
        Assert.Empty(await InForce(desk, person.Id, desk.Today.AddDays(2)));
        Assert.Equal("authorisation.revoked", CustomerDesk.Rule(await desk.Do<ChangeAuthorisation, ChangeAuthorisation.Input>(new(person.Id, id, 2, [AuthorisationScope.Everything], desk.Today.AddDays(9)))));
        var line = Assert.Single(CustomerDesk.Ok(await desk.Run<GetAuthorisations, GetAuthorisations.Input, IReadOnlyList<AuthorisationLine>>(new(person.Id))));
        Assert.Equal(("Revoked", "fell out", account.Number), (line.State, line.RevokedBecause, line.Account));
    }

    [Theory, BothDatabases]
    public async Task What_cannot_be_said_of_an_authorisation_is_told_at_its_field(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (person, other) = (await desk.Person(), await desk.Person("Ben", "Okafor"));
        var foreign = await desk.Account(other.Id);

        var backwards = await Give(desk, person.Id, desk.Today, desk.Today.AddDays(1));
        Assert.Equal((nameof(GiveAuthorisation.Input.ToOn), "authorisation.ends_before_start"), (Assert.Single(backwards.Problems).Field, backwards.Problems[0].Rule));
        Assert.Equal("required", CustomerDesk.Rule(await Give(desk, person.Id, null)));
        Assert.Equal("date.past", CustomerDesk.Rule(await Give(desk, person.Id, desk.Today.AddDays(-1), desk.Today.AddDays(-9))));
        Assert.Equal("required", CustomerDesk.Rule(await Give(desk, person.Id, desk.Today.AddDays(1), name: null)));
        Assert.Equal("authorisation.who", CustomerDesk.Rule(await Give(desk, person.Id, desk.Today.AddDays(1), other: other.Id)));
        Assert.Equal("authorisation.self", CustomerDesk.Rule(await Give(desk, person.Id, desk.Today.AddDays(1), name: null, other: person.Id)));
        Assert.Equal("account.not_of_person", CustomerDesk.Rule(await Give(desk, person.Id, desk.Today.AddDays(1), account: foreign.Id)));
        Assert.Equal("not_found", CustomerDesk.Rule(await Give(desk, 1, desk.Today.AddDays(1))));
        await Assert.ThrowsAsync<ForbiddenException>(async () => await desk.Run<GiveAuthorisation, GiveAuthorisation.Input, Added>(new(person.Id, null, null, null), Roles.Operator));
        Assert.Equal(0, await desk.Count("authorisation"));
        // The neighbour who picks something up today.
        CustomerDesk.Ok(await Give(desk, person.Id, desk.Today));
        Assert.Single(await InForce(desk, person.Id, desk.Today));
    }

    [Theory, BothDatabases]
    public async Task A_warning_is_looked_at_again_and_what_was_said_of_it_stays(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        Task<Outcome<Added>> Add(DateOnly? review, string? reason = "Dog in the yard", string? source = "meter reader", long? premise = null) =>
            desk.Run<AddWarning, AddWarning.Input, Added>(new(person.Id, premise, WarningKind.Dog, reason, source, review));

        Assert.Equal("required", CustomerDesk.Rule(await Add(null)));
        Assert.Equal("required", CustomerDesk.Rule(await Add(desk.Today.AddDays(1), reason: "")));
        Assert.Equal("required", CustomerDesk.Rule(await Add(desk.Today.AddDays(1), source: "")));
        Assert.Equal("date.past", CustomerDesk.Rule(await Add(desk.Today)));
        Assert.Equal("warning.review_too_late", CustomerDesk.Rule(await Add(desk.Today.AddMonths(12).AddDays(1))));
        Assert.Equal("warning.about", CustomerDesk.Rule(await Add(desk.Today.AddDays(1), premise: 1)));
        var id = CustomerDesk.Ok(await Add(desk.Today.AddDays(1))).Id;
        Assert.Equal("Dog in the yard", Assert.Single((await desk.Facts(person.Id)).Warnings).Reason);
        await using (var scope = desk.House.As(new Actor(ActorKind.Employee, 7, "Reader", new HashSet<string> { "customers.read" })))
        {
            Assert.Empty((await scope.Get<ICustomers>().FactsOf(person.Id, Ct))!.Warnings);
            Assert.DoesNotContain((await scope.Get<ITimeline>().Read(new(PersonId: person.Id), null, 10, Ct)).Items, l => l.Kind == "warning");
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<GetWarning>().Handle(new(id), Ct));
        }

        CustomerDesk.Ok(await desk.Do<ReviewWarning, ReviewWarning.Input>(new(id, 0, WarningResult.Extended, "Dog is still there", desk.Today.AddMonths(6))));
        CustomerDesk.Ok(await desk.Do<ReviewWarning, ReviewWarning.Input>(new(id, 1, WarningResult.Ended, "Dog has died")));
        Assert.Equal("warning.ended", CustomerDesk.Rule(await desk.Do<ReviewWarning, ReviewWarning.Input>(new(id, 2, WarningResult.Ended, "again"))));
        Assert.Empty((await desk.Facts(person.Id)).Warnings);
        var found = CustomerDesk.Ok(await desk.Run<GetWarning, GetWarning.Input, GetWarning.Found>(new(id)));
        Assert.Equal([("Ended", "Dog has died"), ("Extended", "Dog is still there")], found.Reviews.Select(r => (r.Result, r.Comment)));
    }

    [Theory, BothDatabases]
    public async Task A_refusal_is_for_its_purpose_and_channel_alone(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        Assert.True(await May(desk, person.Id, ConsentPurpose.Outages, ConsentChannel.Text));
        Assert.False(await May(desk, person.Id, ConsentPurpose.Marketing, ConsentChannel.Text));

        CustomerDesk.Ok(await Answer(desk, person.Id, ConsentSource.Message, (ConsentPurpose.Outages, ConsentChannel.Text, ConsentAnswer.Refused)));
        Assert.False(await May(desk, person.Id, ConsentPurpose.Outages, ConsentChannel.Text));
        Assert.True(await May(desk, person.Id, ConsentPurpose.Billing, ConsentChannel.Text));
        Assert.True(await May(desk, person.Id, ConsentPurpose.Outages, ConsentChannel.Call));

        CustomerDesk.Ok(await Answer(desk, person.Id, ConsentSource.Call, (ConsentPurpose.Outages, ConsentChannel.Text, ConsentAnswer.Given)));
        CustomerDesk.Ok(await Answer(desk, person.Id, ConsentSource.Call, (ConsentPurpose.Outages, ConsentChannel.Text, ConsentAnswer.Given)));
        Assert.True(await May(desk, person.Id, ConsentPurpose.Outages, ConsentChannel.Text));
        Assert.Equal(2, await desk.Count("consent"));
        Assert.Equal(1, await desk.Count("consent", "superseded_at is null"));
        Assert.Equal("consent.source", CustomerDesk.Rule(await Answer(desk, person.Id, ConsentSource.Stop, (ConsentPurpose.Outages, ConsentChannel.Text, ConsentAnswer.Given))));
    }

    [Theory, BothDatabases]
    public async Task Stopped_messages_come_back_as_they_were(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await Answer(desk, person.Id, ConsentSource.Web,
            (ConsentPurpose.Marketing, ConsentChannel.Email, ConsentAnswer.Given), (ConsentPurpose.Surveys, ConsentChannel.Call, ConsentAnswer.Refused)));
        await using (var scope = desk.House.As(Roles.Csr))
            Assert.True((await scope.Get<ICustomers>().StopMessages(person.Id, "Has died", Ct)).Ok);
        foreach (var (purpose, channel) in from p in Enum.GetValues<ConsentPurpose>() from c in Enum.GetValues<ConsentChannel>() select (p, c))
            Assert.Equal(channel == ConsentChannel.Letter && purpose is (ConsentPurpose.Billing or ConsentPurpose.Outages), await May(desk, person.Id, purpose, channel));

        await using (var scope = desk.House.As(Roles.Csr))
            Assert.True((await scope.Get<ICustomers>().ResumeMessages(person.Id, "Was somebody else", Ct)).Ok);
        Assert.True(await May(desk, person.Id, ConsentPurpose.Marketing, ConsentChannel.Email));
        Assert.False(await May(desk, person.Id, ConsentPurpose.Marketing, ConsentChannel.Text));
        Assert.False(await May(desk, person.Id, ConsentPurpose.Surveys, ConsentChannel.Call));
        Assert.True(await May(desk, person.Id, ConsentPurpose.Billing, ConsentChannel.Text));
    }

    [Theory, BothDatabases]
    public async Task Consents_that_cannot_all_be_meant_are_told(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var ana = await desk.Person("Ana", "Ruiz", phone: "541-555-0142");
        var ben = await desk.Person("Ben", "Okafor", phone: "541-555-0142");
        CustomerDesk.Ok(await Answer(desk, ana.Id, ConsentSource.Call, (ConsentPurpose.Billing, ConsentChannel.Text, ConsentAnswer.Given)));
        CustomerDesk.Ok(await Answer(desk, ben.Id, ConsentSource.Call, (ConsentPurpose.Billing, ConsentChannel.Letter, ConsentAnswer.Refused)));
        Assert.Empty(await Conflicts(desk, ana.Id));
        CustomerDesk.Ok(await Answer(desk, ben.Id, ConsentSource.Call, (ConsentPurpose.Billing, ConsentChannel.Text, ConsentAnswer.Refused)));
        var shared = Assert.Single(await Conflicts(desk, ana.Id));
        Assert.Equal(("Shared", (long?)ben.Id, ConsentChannel.Text), (shared.Kind, shared.OtherPersonId, shared.Channel));
        Assert.Single(await Conflicts(desk, ben.Id));

        var version = (await desk.Facts(ana.Id)).Version;
        CustomerDesk.Ok(await desk.Do<Tieline.Customers.People.ChangePerson, Tieline.Customers.People.ChangePerson.Input>(
            new(ana.Id, version, null, "en", false, false, false, false, Tieline.Customers.People.PreferredChannel.Phone, false, false)));
        var purposes = Enum.GetValues<ConsentPurpose>();
        CustomerDesk.Ok(await Answer(desk, ana.Id, ConsentSource.Call, [.. purposes.Skip(1).Select(p => (p, ConsentChannel.Call, ConsentAnswer.Refused))]));
        Assert.DoesNotContain(await Conflicts(desk, ana.Id), c => c.Kind == "Preferred");
        CustomerDesk.Ok(await Answer(desk, ana.Id, ConsentSource.Call, (purposes[0], ConsentChannel.Call, ConsentAnswer.Refused)));
        Assert.Single(await Conflicts(desk, ana.Id), c => c.Kind == "Preferred");

        // Whoever types a protected person's number into another record does not learn whose it is.
        Assert.Contains(await Conflicts(desk, ana.Id), c => c.OtherPersonId == ben.Id);
        await using (var scope = desk.House.As(Roles.Supervisor))
            CustomerDesk.Ok(await scope.Get<Tieline.Customers.Sight.RestrictPerson>().Handle(new(ben.Id, (await desk.Facts(ben.Id)).Version, Tieline.Customers.People.PersonRestriction.Protected, "An order"), Ct));
        Assert.DoesNotContain(await Conflicts(desk, ana.Id), c => c.Kind == "Shared");
    }

    private static async Task<IReadOnlyList<GetConsents.Conflict>> Conflicts(CustomerDesk desk, long person) =>
        CustomerDesk.Ok(await desk.Run<GetConsents, GetConsents.Input, GetConsents.Found>(new(person))).Conflicts;

    private static Task<Outcome<Done>> Answer(CustomerDesk desk, long person, ConsentSource source, params (ConsentPurpose, ConsentChannel, ConsentAnswer)[] cells) =>
        desk.Do<RecordConsents, RecordConsents.Input>(new(person, [.. cells.Select(c => new RecordConsents.Cell(c.Item1, c.Item2, c.Item3))], source));

    private static async Task<bool> May(CustomerDesk desk, long person, ConsentPurpose purpose, ConsentChannel channel)
    {
        await using var scope = desk.House.As(Roles.Csr);
        return await scope.Get<ICustomers>().MayContact(person, purpose, channel, Ct);
    }

    private static async Task<IReadOnlyList<AuthorisationInForce>> InForce(CustomerDesk desk, long person, DateOnly day)
    {
        await using var scope = desk.House.As(Roles.Csr);
        return await scope.Get<AuthorisationsInForce>().Of(person, day, Ct);
    }
}
