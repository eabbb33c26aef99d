using Dapper;
using Tieline.Customers.Files;
using Tieline.Platform.Batch;
using Tieline.Platform.Configuration;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.ToDos.Bulk;

namespace Tieline.Tests.Browser;

/// <summary>What the town needs besides, so that every page has something to show, and where that stands.</summary>
internal static class Examples
{
    public static async Task Make(OpenHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        scope.Db.Add(new Job
        {
            Id = scope.Db.NextId(), Kind = "example", Payload = "{\"id\":4711}", State = JobState.Dead, RunAt = scope.Db.Now, Attempts = 8, EnqueuedBy = $"{scope.Db.Actor.Ref}",
            CreatedAt = scope.Db.Now, FinishedAt = scope.Db.Now, LastError = "The mail server said no.\n   at its door",
        });
        var run = await scope.Get<SubmitBatch>().Handle(new("TD-CCCB", null, null), CancellationToken.None);
        Assert.True(run.Ok, run.ToString());
        await using var office = house.As(Roles.BusinessAdministrator);
        var brought = await office.Get<BringConfiguration>().Handle(new("""
            {"tieline":"configuration","version":1,"parts":{"skills":[{"code":"WELSH","name":"Welsh"},{"code":"ODD"}],"contact-classes":[{"code":"BILLING","name":"Bills and payments"}]}}
            """, "from-test.json"), CancellationToken.None);
        Assert.True(brought.Ok, brought.ToString());
        var customers = await office.Get<BringCustomerFile>().Handle(new("customers.csv", "Customer No;Name;Phone;Address;City;Odd\n1;Ada Byron;5415550101;12 Elm St;Springfield;x\n2;;;;;\n"u8.ToArray()), CancellationToken.None);
        Assert.True(customers.Ok, customers.ToString());
        // Somebody who is no user asks for it: it is refused, and says so.
        await using var supervisor = house.As(Roles.Supervisor);
        var toDo = await house.Ask<long>("select max(id) from to_do where state = 'Open' and person_id is not null");
        var many = await supervisor.Get<DoWithMany>().Handle(new(BulkAction.Complete, [toDo], Words: "Done in the field"), CancellationToken.None);
        Assert.True(many.Ok, many.ToString());
    }

    public static async Task<string> AddressOf(OpenHouse house, string template)
    {
        if (template == "/set-up")
            return await SetUpLink(house);
        if (Routes.ExampleOf(template) is not { } query)
            return Routes.Address(template, []);
        await using var scope = house.As(Roles.Supervisor);
        var row = (IDictionary<string, object?>?)(await (await scope.Connection()).QueryAsync(query)).FirstOrDefault();
        Assert.True(row is not null && row.Values.All(v => v is not null), $"The town has no example of {template}: {query}");
        return Routes.Address(template, [.. row.Values.Select(v => v!)]);
    }

    private static async Task<string> SetUpLink(OpenHouse house)
    {
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var link = await scope.Get<SetUpLinks>().Create(null, CancellationToken.None);
        await scope.Db.SaveChangesAsync(CancellationToken.None);
        return link;
    }
}
