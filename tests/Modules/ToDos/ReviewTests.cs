using Tieline.Customers.Authorisations;
using Tieline.Customers.Warnings;
using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Customers;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

/// <summary>What is due for review becomes work, once, and the review ends the work.</summary>
public sealed class ReviewTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task A_warning_is_work_once_for_each_review_and_the_review_completes_it(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        var warning = CustomerDesk.Ok(await desk.Run<AddWarning, AddWarning.Input, Added>(new(person.Id, null, WarningKind.Dog, "Dog", "meter reader", desk.Today.AddDays(2))));
        await Night(desk, desk.Today.AddDays(1));
        Assert.Equal(0, await Open(desk));
        await Night(desk, desk.Today.AddDays(2));
        await Night(desk, desk.Today.AddDays(3));
        Assert.Equal(1, await desk.Count("to_do", $"type_code = 'TD-REVIEW' and person_id = {person.Id}"));

        // To tick it off would be to forget the warning.
        await using (var scope = desk.House.As(Actor.Process("test")))
        {
            var id = await Dapper.SqlMapper.ExecuteScalarAsync<long>(await scope.Connection(), "select id from to_do where type_code = 'TD-REVIEW'");
            Assert.Equal("warning.not_reviewed", CustomerDesk.Rule(await scope.Get<CompleteToDo>().Handle(new(id, 0, "done"), Ct)));
        }
        CustomerDesk.Ok(await desk.Do<ReviewWarning, ReviewWarning.Input>(new(warning.Id, 0, WarningResult.Extended, "still there", desk.Today.AddDays(20))));
        await desk.House.RunJobs();
        Assert.Equal(0, await Open(desk));
        await Night(desk, desk.Today.AddDays(20));
        Assert.Equal(1, await Open(desk));
        CustomerDesk.Ok(await desk.Do<ReviewWarning, ReviewWarning.Input>(new(warning.Id, 1, WarningResult.Ended, "moved")));
        await desk.House.RunJobs();
        await Night(desk, desk.Today.AddDays(21));
        Assert.Equal(0, await Open(desk));
        Assert.Equal(2, await desk.Count("to_do", "type_code = 'TD-REVIEW'"));
    }

    [Theory, BothDatabases]
    public async Task An_authorisation_that_ends_soon_is_work_until_it_is_said_how_it_goes_on(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        var id = CustomerDesk.Ok(await desk.Run<GiveAuthorisation, GiveAuthorisation.Input, Added>(
            new(person.Id, [AuthorisationScope.Information], AuthorisationForm.Written, desk.Today.AddDays(40), Name: "Carla Carer"))).Id;
        await Night(desk, desk.Today.AddDays(9));
        Assert.Equal(0, await Open(desk));
        await Night(desk, desk.Today.AddDays(10));
        await Night(desk, desk.Today.AddDays(11));
        Assert.Equal(1, await Open(desk));
        CustomerDesk.Ok(await desk.Do<ChangeAuthorisation, ChangeAuthorisation.Input>(new(person.Id, id, 1, [AuthorisationScope.Information], desk.Today.AddDays(60))));
        await desk.House.RunJobs();
        Assert.Equal(0, await Open(desk));
        await Night(desk, desk.Today.AddDays(35));
        Assert.Equal(1, await Open(desk));
        CustomerDesk.Ok(await desk.Do<RevokeAuthorisation, RevokeAuthorisation.Input>(new(person.Id, id, 2, "no longer wanted")));
        await desk.House.RunJobs();
        Assert.Equal(0, await Open(desk));
    }

    private static async Task Night(CustomerDesk desk, DateOnly on)
    {
        await using (var scope = desk.House.As(Actor.Process("test")))
            CustomerDesk.Ok(await scope.Get<SubmitBatch>().Handle(new("TD-REVIEW", on, null, Anyway: true), Ct));
        await desk.House.RunJobs();
        Assert.Equal(0, await desk.Count("batch_run", "state <> 'Completed'"));
    }

    private static Task<long> Open(CustomerDesk desk) => desk.Count("to_do", "type_code = 'TD-REVIEW' and state <> 'Complete'");
}
