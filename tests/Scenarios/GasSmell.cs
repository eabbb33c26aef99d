using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Scenarios;

/// <summary>
/// A passer-by smells gas. The CSR reads the script, types the place, and the dispatcher's browser rings; a neighbour reports the same a minute
/// later and becomes a second report, not a second crew; the dispatcher sends one and says so.
/// </summary>
public class GasSmell
{
    [Theory, BothDatabases]
    public async Task From_the_passer_by_to_the_crew(TestDatabase on)
    {
        await using var office = await FrontOffice.Open(on);
        var gas = await AGasType(office);
        var call = await FrontOffice.Call(office.AnasDesk, "(541) 555-0142");
        var form = await office.AnasDesk.GetStringAsync($"/contacts/emergency?type={gas}");
        Assert.True(form.IndexOf("Leave the house now", StringComparison.Ordinal) < form.IndexOf("name=\"Place\"", StringComparison.Ordinal));
        Assert.Contains("(541) 555-0142", form, StringComparison.Ordinal);
        // No person, no account, nothing else is asked.
        var stored = await office.AnasDesk.Submit($"/contacts/emergency?type={gas}", "form-record-contact", ("Place", "Elm Street, behind the school"));
        Assert.Equal(HttpStatusCode.Redirect, stored.StatusCode);
        await FrontOffice.Post(office.AnasDesk, $"/api/v1/interactions/{call}/end", new { }, HttpStatusCode.NoContent);

        Assert.Contains("Smell of gas: Elm Street, behind the school", await office.DispatchDesk.GetStringAsync("/todos/count"), StringComparison.Ordinal);
        Assert.DoesNotContain("Smell of gas", await office.BeasDesk.GetStringAsync("/todos/count"), StringComparison.Ordinal);

        office.House.Clock.Advance(TimeSpan.FromMinutes(1));
        await FrontOffice.Call(office.BeasDesk, "(541) 555-0143");
        var same = await office.BeasDesk.GetStringAsync("/contacts/emergency/same?Place=school%20on%20elm%20st");
        Assert.Contains("1 minute ago", same, StringComparison.Ordinal);
        long first;
        await using (var scope = office.House.As(Roles.Supervisor))
            first = await scope.Db.Set<Contact>().Select(c => c.Id).SingleAsync();
        Assert.Equal(HttpStatusCode.Redirect, (await office.BeasDesk.Submit($"/contacts/emergency?type={gas}", "form-record-contact", ("Place", "school on elm st"), ("SameAsId", $"{first}"), ("ReporterName", "Mr Bell"))).StatusCode);

        ToDo toDo;
        await using (var scope = office.House.As(Roles.Supervisor))
            toDo = await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync();
        Assert.Equal((1, "Smell of gas: Elm Street, behind the school (2 reports)"), (toDo.Priority, toDo.Subject));
        await FrontOffice.Post(office.DispatchDesk, $"/api/v1/to-dos/{toDo.Id}/start", new { version = toDo.Version }, HttpStatusCode.NoContent);
        // Somebody goes there: nobody's browser rings any more.
        Assert.DoesNotContain("urgent-item", await office.DispatchDesk.GetStringAsync("/todos/count"), StringComparison.Ordinal);
        await FrontOffice.Post(office.DispatchDesk, $"/api/v1/to-dos/{toDo.Id}/complete", new { version = toDo.Version + 1, resolution = "Crew closed the valve." }, HttpStatusCode.NoContent);
        var file = await office.AnasDesk.GetFromJsonAsync<JsonElement>($"/api/v1/contacts/{first}");
        Assert.Equal(1, file.GetProperty("furtherReports").GetInt32());
    }

    private static async Task<long> AGasType(FrontOffice office)
    {
        await using var scope = office.House.As(Roles.BusinessAdministrator);
        var added = await scope.Get<AddContactType>().Handle(
            new()
            {
                ClassId = await scope.Db.Set<ContactClass>().Select(c => c.Id).FirstAsync(), Code = "T-GAS", Name = "Smell of gas", Emergency = true, DefaultRoleId = office.Dispatch,
                Script = "Leave the house now, and leave the door open.\nTouch no switch and light no flame.",
            }, CancellationToken.None);
        Assert.True(added.Ok, added.ToString());
        return added.Value.Id;
    }
}
