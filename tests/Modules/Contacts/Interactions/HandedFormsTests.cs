using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts.Interactions;

/// <summary>Forms as far as they were filled in when a call was handed over: nobody types them twice, and nothing of them is lost.</summary>
public class HandedFormsTests
{
    private static CancellationToken Token => CancellationToken.None;

    [Theory, BothDatabases]
    public async Task The_form_of_an_emergency_goes_along_and_is_not_taken_for_another(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var gas = await EmergencyTests.AnEmergency(house, given);
        var call = await InteractionTests.Start(house, null);
        var drafts = $$"""[{"values":[["Comment","Nobody chosen"]]},{"emergency":{{gas}},"values":[["Place","Elm Street"]]},{"emergency":{{given.HighBill}},"values":[["Comment","No emergency"]]}]""";
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<HandOverInteraction>().Handle(new(call, RoleId: given.Role, Drafts: drafts), Token)).Ok);
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
        {
            Assert.True((await scope.Get<AcceptInteraction>().Handle(new(call), Token)).Ok);
            Task<RecordingCall.Found> Opens(long? emergency, long? draft = null) => scope.Get<RecordingCall>().Read(new(call, DraftId: draft, EmergencyTypeId: emergency), Token);
            var found = (await Opens(gas)).Draft;
            Assert.Equal("""[["Place","Elm Street"]]""", found?.Fields);
            Assert.Null((await Opens(null, found?.Id)).Draft);
            var waiting = (await scope.Get<GetInteraction>().Handle(new(call), Token)).Value.Drafts;
            Assert.Equal(["Nobody chosen", "Emergency: Elm Street", "No emergency"], waiting.Select(d => d.Words));
            Assert.Equal($"/contacts/emergency?type={gas}&draft={found?.Id}", waiting[1].GoOn(call));
            // Another emergency in the same call uses up neither.
            Assert.True((await scope.Get<RecordContact>().Handle(new(gas, null, null, null, null, null, null, null, Place: "Oak Street", InteractionId: call), Token)).Ok);
            Assert.Equal(3, await scope.Db.Set<InteractionDraft>().CountAsync(Token));
            Assert.True((await scope.Get<RecordContact>().Handle(new(gas, null, null, null, null, null, null, null, Place: "Elm Street", InteractionId: call, DraftId: found?.Id), Token)).Ok);
            Assert.Null((await Opens(gas)).Draft);
        }
        var csr = await house.SignedIn(Roles.Csr, given.Employee);
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
            Assert.True((await scope.Get<HandOverInteraction>().Handle(new(call, RoleId: given.Role, Drafts: $$"""[{"emergency":{{gas}},"values":[["Place","Fir Street"]]}]"""), Token)).Ok);
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
            Assert.True((await scope.Get<ResumeInteraction>().Handle(new(call), Token)).Ok);
        Assert.Contains("Fir Street", await csr.GetStringAsync($"/contacts/emergency?type={gas}"), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Of_two_forms_handed_over_the_other_waits_until_it_is_used_and_the_call_itself_is_nothing_earlier(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var done = await InteractionTests.AWrapUp(house, "DONE", resolves: true);
        var call = await InteractionTests.Start(house, given.Person);
        var drafts = $$"""[{"person":{{given.Person}},"values":[["Comment","Hers"]]},{"values":[["Comment","Nobody chosen yet"],["DraftId","1"]]},{"values":[["Comment","Chosen in it"],["PersonId","{{given.OtherPerson}}"]]}]""";
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<HandOverInteraction>().Handle(new(call, RoleId: given.Role, Drafts: drafts), Token)).Ok);
        async Task<T> Taker<T>(Func<TestScope, Task<T>> does)
        {
            await using var scope = house.As(Actors.Of(Roles.Csr, given.Employee));
            return await does(scope);
        }
        Task<bool> Records(long person, long? draft) => Taker(async s => (await s.Get<RecordContact>().Handle(
            new(given.HighBill, null, person, null, null, Channel.Phone, null, "said", InteractionId: call, WrapUpCodeId: done, DraftId: draft), Token)).Ok);
        Task<RecordingCall.Found> Opens(long? person, long? draft = null) => Taker(s => s.Get<RecordingCall>().Read(new(call, PersonId: person, DraftId: draft), Token));
        Assert.True((await Taker(s => s.Get<AcceptInteraction>().Handle(new(call), Token))).Ok);
        Assert.True(await Records(given.Person, (await Opens(given.Person)).Draft?.Id));
        Assert.Null((await Opens(given.Person)).Draft);
        // Handed on with nothing typed since, and taken back: what nobody has used is still there.
        Assert.True((await Taker(s => s.Get<HandOverInteraction>().Handle(new(call, RoleId: given.Role, Drafts: "[]"), Token))).Ok);
        Assert.True((await Taker(s => s.Get<ResumeInteraction>().Handle(new(call), Token))).Ok);
        var other = (await Opens(null)).Draft;
        Assert.Equal("""[["Comment","Nobody chosen yet"]]""", other?.Fields);
        Assert.Equal(other, (await Opens(given.Person, other?.Id)).Draft);
        Assert.True(await Records(given.OtherPerson, other?.Id));
        Assert.Null((await Opens(null)).Draft);
        // Of somebody who is closed to the one who goes on, nothing is in the form.
        Assert.NotNull((await Opens(given.OtherPerson)).Draft);
        await using (var scope = house.As(Roles.Supervisor))
        {
            var version = await scope.Db.Set<Tieline.Customers.People.Person>().Where(p => p.Id == given.OtherPerson).Select(p => p.Version).SingleAsync(Token);
            Assert.True((await scope.Get<Tieline.Customers.Sight.RestrictPerson>().Handle(new(given.OtherPerson, version, Tieline.Customers.People.PersonRestriction.Protected, "An order"), Token)).Ok);
        }
        var closed = await Opens(given.OtherPerson);
        Assert.Equal((null, true), (closed.Draft, closed.Withheld));
        await using (var scope = house.As(Roles.Supervisor))
        {
            var version = await scope.Db.Set<Tieline.Customers.People.Person>().Where(p => p.Id == given.OtherPerson).Select(p => p.Version).SingleAsync(Token);
            Assert.True((await scope.Get<Tieline.Customers.Sight.RestrictPerson>().Handle(new(given.OtherPerson, version, Tieline.Customers.People.PersonRestriction.None, "It ended"), Token)).Ok);
        }
        Assert.True(await Records(given.OtherPerson, (await Opens(given.OtherPerson)).Draft?.Id));

        // One contact of Ana's is recorded: in this very call, and so no earlier one.
        Task<RecordPartsFound> Parts(long? within) => Taker(s => s.Get<RecordPartsReader>().Read(given.HighBill, given.Person, null, null, Token, within));
        Assert.Null((await Parts(call)).Earlier);
        Assert.Single((await Parts(null)).Earlier!);
        Assert.True(await Taker(async s => (await s.Get<EndInteraction>().Handle(new(call), Token)).Ok));
        Assert.Single((await Parts(await InteractionTests.Start(house, given.Person, given.Employee))).Earlier!);
    }

    [Theory, BothDatabases]
    public async Task What_was_withheld_from_who_goes_on_is_still_there_after_they_record_and_hand_on(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var done = await InteractionTests.AWrapUp(house, "DONE", resolves: true);
        var call = await InteractionTests.Start(house, given.Person);
        await Do<HandOverInteraction, HandOverInteraction.Input, Done>(1, new(call, RoleId: given.Role, Drafts: $$"""[{"person":{{given.Person}},"values":[["Comment","Call her back at 541 555 0100"]]}]"""));
        await Do<AcceptInteraction, AcceptInteraction.Input, InteractionTaken>(given.Employee, new(call));
        // Nobody is verified: the form is empty, and says why.
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
        {
            var empty = await scope.Get<RecordingCall>().Read(new(call, PersonId: given.Person), Token);
            Assert.Equal((null, true), (empty.Draft, empty.Withheld));
        }
        await Do<RecordContact, RecordContact.Input, RecordContact.Recorded>(given.Employee, new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "said", InteractionId: call, WrapUpCodeId: done));
        await Do<HandOverInteraction, HandOverInteraction.Input, Done>(given.Employee, new(call, RoleId: given.Role, Drafts: $$"""[{"person":{{given.Person}},"values":[["Comment","And she is in a hurry"]]}]"""));
        await Do<ResumeInteraction, ResumeInteraction.Input, InteractionTaken>(given.Employee, new(call));
        await using var check = house.As(Actors.Of(Roles.Csr, given.Employee));
        Assert.Equal(2, (await check.Get<GetInteraction>().Handle(new(call), Token)).Value.Drafts.Count);
        Assert.Equal(IInteractions.DraftsLeft, (await check.Get<EndInteraction>().Handle(new(call), Token)).Problems.Single().Rule);

        async Task Do<TUse, TInput, TResult>(long employee, TInput input) where TUse : class, IUse<TInput, TResult>
        {
            await using var scope = house.As(Actors.Of(Roles.Csr, employee));
            var outcome = await scope.Get<TUse>().Handle(input, Token);
            Assert.True(outcome.Ok, outcome.ToString());
        }
    }
}
