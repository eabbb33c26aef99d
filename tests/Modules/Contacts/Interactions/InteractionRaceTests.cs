using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts.Interactions;

/// <summary>Two do something with a call at the same moment.</summary>
public sealed class InteractionRaceTests
{
    private static CancellationToken Token => CancellationToken.None;

    [Theory, BothDatabases]
    public async Task What_is_recorded_while_the_call_ends_or_changes_hands_is_in_it_before_or_refused(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await house.User(Roles.Csr, given.Employee);
        var done = await InteractionTests.AWrapUp(house, "DONE", resolves: true);
        foreach (var handed in new[] { false, true })
        {
            // First: it ends, or is handed over, and the contact comes before that is stored.
            var call = await InteractionTests.Start(house, given.Person);
            async Task<bool> Leave(TestScope scope, string? without) => handed
                ? (await scope.Get<HandOverInteraction>().Handle(new(call, given.Employee), Token)).Ok
                : (await scope.Get<EndInteraction>().Handle(new(call, without), Token)).Ok;
            Task<Outcome<RecordContact.Recorded>> late = null!;
            await using (var scope = house.As(Roles.Csr))
            {
                await scope.Db.InTransaction(async () =>
                {
                    Assert.True(await Leave(scope, "Silence"));
                    late = Task.Run(() => InteractionTests.Record(house, given, call, done, "too late"), Token);
                    await Races.Meet(late);
                    return true;
                }, Token);
            }
            Assert.Equal(handed ? "interaction.handed_over" : "interaction.ended", (await late).Problems.Single().Rule);

            // Then: the contact is not stored yet when it ends without a reason, or is handed over.
            if (handed)
            {
                await using var back = house.As(Roles.Csr);
                Assert.True((await back.Get<ResumeInteraction>().Handle(new(call), Token)).Ok);
            }
            else
            {
                call = await InteractionTests.Start(house, given.Person);
            }
            Task<bool> left = null!;
            await using (var scope = house.As(Roles.Csr))
            {
                await scope.Db.InTransaction(async () =>
                {
                    var input = new RecordContact.Input(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "in time", InteractionId: call, WrapUpCodeId: done);
                    Assert.True((await scope.Get<RecordContact>().Handle(input, Token)).Ok);
                    left = Task.Run(async () =>
                    {
                        await using var other = house.As(Roles.Csr);
                        return await Leave(other, null);
                    }, Token);
                    await Races.Meet(left);
                    Assert.False(left.IsCompleted);
                    return true;
                }, Token);
            }
            Assert.True(await left);
            await using var check = house.As(Roles.Csr);
            Assert.Equal(1, await check.Db.Set<Contact>().CountAsync(c => c.InteractionId == call, Token));
        }
    }
}
